// Pango on Cairo: text and PDF pages (Debian: libpango1.0-dev).
#include <pango/pangocairo.h>
#include <cairo-pdf.h>
