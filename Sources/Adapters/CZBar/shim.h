// libzbar: finds and reads QR codes in a grey picture (Debian: libzbar-dev).
#include <zbar.h>
