/** The chunk for AMD modules: most pages have none. */
export { AmdLoader } from "./amd-loader.js";
export { callable } from "./callable.js";
export { lendModules } from "./page-require.js";
