/** What the board's pages do where scripts run; without them they work by being loaded again. */
document.documentElement.classList.add('live')
