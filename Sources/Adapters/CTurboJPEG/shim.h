// libjpeg-turbo, its own interface: no setjmp is needed there (Debian: libturbojpeg0-dev).
#include <turbojpeg.h>
