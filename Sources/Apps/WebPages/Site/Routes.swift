/// Every route of the site, page by page.
let allRoutes: [Route] =
    settingsRoutes + serviceRoutes + scanRoutes + importRoutes
