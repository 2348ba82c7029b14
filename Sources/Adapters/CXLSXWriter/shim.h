// libxlsxwriter: writes .xlsx row by row (Debian: libxlsxwriter-dev).
#include <xlsxwriter.h>
