/** The gallery in WebKitGTK. */
import { testGallery } from "./gallery.js";
import { startWebKit } from "./webkit.js";

testGallery(startWebKit);
