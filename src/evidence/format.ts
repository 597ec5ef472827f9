/**
 * The `v` of everything that is signed, as this program writes it and the newest that it reads. The package is built
 * with it (provisioning/package/build), and refuses a machine whose records are newer.
 */
export const newestFormat = 1
