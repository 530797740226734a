/** Replaces the package `jquery` in the bundle by the jQuery of Shiny's pages. */
import { page } from "./page-globals.js";

export default page.jQuery;
