// libpng, its simplified interface: no setjmp is needed there (Debian: libpng-dev).
#include <png.h>
