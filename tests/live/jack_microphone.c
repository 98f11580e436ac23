/* SPDX-License-Identifier: GPL-3.0-or-later */
/* jack_microphone SOUND: a JACK client whose one port says the first channel of a sound
 * file, sample by sample, over and over, until a signal comes. PortAudio takes it for
 * an input device called "microphone". */
#include <brianhears.h>
#include <jack/jack.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct microphone {
    jack_port_t *port;
    float *samples;
    size_t frames, next;
};

static int
speak(jack_nframes_t frames, void *user)
{
    struct microphone *m = user;
    float *out = jack_port_get_buffer(m->port, frames);
    for (jack_nframes_t t = 0; t < frames; t++) {
        out[t] = m->samples[m->next];
        m->next = m->next + 1 < m->frames ? m->next + 1 : 0;
    }
    return 0;
}

static int
load(const char *path, struct microphone *m)
{
    bh_diag diag;
    bh_sound *sound = NULL;
    if (bh_sound_read(path, NULL, &sound, &diag) != BH_OK) {
        fprintf(stderr, "jack_microphone: %s\n", diag.text);
        return 1;
    }
    m->frames = bh_sound_frames(sound);
    m->samples = malloc(m->frames * sizeof *m->samples);
    for (size_t t = 0; m->samples && t < m->frames; t++)
        m->samples[t] = (float)bh_sound_samples(sound)[t * bh_sound_channels(sound)];
    bh_sound_free(sound);
    return m->samples == NULL || m->frames == 0;
}

int
main(int argc, char **argv)
{
    struct microphone m = {NULL, NULL, 0, 0};
    if (argc != 2 || load(argv[1], &m) != 0)
        return 2;
    jack_client_t *client = jack_client_open("microphone", JackNoStartServer, NULL);
    if (!client) {
        fprintf(stderr, "jack_microphone: no JACK server\n");
        return 1;
    }
    m.port = jack_port_register(client, "out_1", JACK_DEFAULT_AUDIO_TYPE,
                                JackPortIsOutput, 0);
    jack_set_process_callback(client, speak, &m);
    if (!m.port || jack_activate(client) != 0)
        return 1;
    for (;;)
        pause();
}
