/// Every route of the site, page by page.
let allRoutes: [Route] =
    settingsRoutes + logInRoutes + ownRoutes + userRoutes + auditRoutes + dashboardRoutes
    + unitListRoutes + chargeListRoutes + searchRoutes + accountRoutes + accountFormRoutes
    + paymentRoutes + todayRoutes + runRoutes + jobRoutes + hardshipRoutes + serviceRoutes
    + scanRoutes + importRoutes
