// libzip: reads the parts of an .xlsx piece by piece (Debian: libzip-dev).
#include <zip.h>
