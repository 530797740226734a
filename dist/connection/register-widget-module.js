// src/connection/register-widget-module.ts
import { sharedPage } from "./shared-page.js";
function registerWidgetModule(name, version, load) {
  const { modules } = sharedPage();
  const registered = { name, version, load };
  modules.push(registered);
  return () => {
    const index = modules.indexOf(registered);
    if (index >= 0) modules.splice(index, 1);
  };
}
export {
  registerWidgetModule
};
