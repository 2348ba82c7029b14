// Poppler: draws a page of a kept PDF again (Debian: libpoppler-glib-dev).
#include <poppler.h>
