// Expat: reads XML piece by piece (Debian: libexpat1-dev).
#include <expat.h>
