globalThis[Symbol.for("shiny-comm/0/chunks")].chunks["sanitize"]=(async()=>{"use strict";
var i=globalThis[Symbol.for("shiny-comm/0/chunks")],{gk2:s}=i.modules["output-widget-sanitize"],e={ALLOWED_TAGS:["a","abbr","b","code","em","i","img","li","ol","span","strong","ul"],ALLOWED_ATTR:["class","style","title","href","src"]};function n(t){return s.sanitize(t,e)}return{sanitizeInline:n};
});
