// libcsv: reads CSV piece by piece (Debian: libcsv-dev).
#include <csv.h>
