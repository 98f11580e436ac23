/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BH_IO_HDF5_INTERNAL_H
#define BH_IO_HDF5_INTERNAL_H

/* What the HDF5 library needs to behave in this one: no printing, and a failed write
 * that is told once, in our words, and leaves the library in order. */

#include <hdf5.h>

/// How the library would have reported errors before bh_hdf5_quiet.
struct bh_hdf5_voice {
    H5E_auto2_t report;
    void *context;
};

/// Stops the library from printing its error stack, until bh_hdf5_voice_restore.
struct bh_hdf5_voice bh_hdf5_quiet(void);
void bh_hdf5_voice_restore(struct bh_hdf5_voice voice);

/// A file that HDF5 writes through us. `error` is the errno of the first write that
/// failed, 0 before; from then on nothing is written any more and nothing fails, so
/// that the library can always close.
struct bh_hdf5_file {
    int fd;
    int error;
    hid_t driver;
    hid_t id;
};

/// Makes a new HDF5 file in the empty, readable and writable `file->fd`, which stays
/// with the caller. `file` must not move until bh_hdf5_file_close. Negative on failure.
herr_t bh_hdf5_file_create(struct bh_hdf5_file *file);
/// Ends the file: negative, or `file->error`, when not all of it was written.
herr_t bh_hdf5_file_close(struct bh_hdf5_file *file);

/// Puts an attribute onto an object: `count` values (1 is a scalar), a text (UTF-8), a
/// number. Negative on failure.
herr_t bh_hdf5_put_attribute(hid_t object, const char *name, hid_t type, hsize_t count,
                             const void *value);
herr_t bh_hdf5_put_text(hid_t object, const char *name, const char *text);
herr_t bh_hdf5_put_number(hid_t object, const char *name, double number);
/// Makes a group, with no time of making in it. Negative on failure.
hid_t bh_hdf5_new_group(hid_t parent, const char *name);
/// Puts a dataset "cf_hz" with so many frequencies (Hz) into a group. Negative on
/// failure.
herr_t bh_hdf5_put_cf(hid_t group, const double *cf_hz, hsize_t count);

#endif
