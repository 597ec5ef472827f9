/**
 * The newest `v` of anything that is signed, as this program writes and reads it: that of entries and heads. The
 * package is built with it (provisioning/package/build), and refuses a machine whose records are newer.
 */
export const newestFormat = 2
