/** The chunk for AMD modules, which most pages do not use. */
export { AmdLoader } from "./amd-loader.js";
export { makeCallable } from "./callable.js";
export { lendModules } from "./page-require.js";
