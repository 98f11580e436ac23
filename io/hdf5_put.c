/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "io/hdf5_internal.h"

herr_t
bh_hdf5_put_attribute(hid_t object, const char *name, hid_t type, hsize_t count,
                      const void *value)
{
    hid_t space = count > 1 ? H5Screate_simple(1, &count, NULL) : H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    herr_t done = attribute < 0 ? -1 : H5Awrite(attribute, type, value);
    if (attribute >= 0)
        H5Aclose(attribute);
    H5Sclose(space);
    return done;
}

herr_t
bh_hdf5_put_text(hid_t object, const char *name, const char *text)
{
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    herr_t done = bh_hdf5_put_attribute(object, name, type, 1, &text);
    H5Tclose(type);
    return done;
}

herr_t
bh_hdf5_put_number(hid_t object, const char *name, double number)
{
    return bh_hdf5_put_attribute(object, name, H5T_NATIVE_DOUBLE, 1, &number);
}

hid_t
bh_hdf5_new_group(hid_t parent, const char *name)
{
    hid_t create = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(create, 0);
    hid_t group = H5Gcreate2(parent, name, H5P_DEFAULT, create, H5P_DEFAULT);
    H5Pclose(create);
    return group;
}

herr_t
bh_hdf5_put_cf(hid_t group, const double *cf_hz, hsize_t count)
{
    hid_t space = H5Screate_simple(1, &count, NULL);
    hid_t create = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_obj_track_times(create, 0);
    hid_t set = H5Dcreate2(group, "cf_hz", H5T_IEEE_F64LE, space, H5P_DEFAULT, create,
                           H5P_DEFAULT);
    herr_t done = -1;
    if (set >= 0) {
        done = H5Dwrite(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, cf_hz);
        if (done >= 0)
            done = bh_hdf5_put_text(set, "units", "Hz");
        H5Dclose(set);
    }
    H5Pclose(create);
    H5Sclose(space);
    return done;
}
