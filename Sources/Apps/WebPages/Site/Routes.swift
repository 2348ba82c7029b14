/// Every route of the site, page by page.
let allRoutes: [Route] =
    settingsRoutes + logInRoutes + ownRoutes + userRoutes + auditRoutes + todayRoutes + runRoutes
    + jobRoutes + hardshipRoutes
