function a(r){return r.widget_manager}export{a as yUT};
