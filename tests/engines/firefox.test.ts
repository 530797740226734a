/** The gallery in Firefox. */
import { startFirefox } from "./firefox.js";
import { testGallery } from "./gallery.js";

testGallery(startFirefox);
