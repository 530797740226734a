/** Names in the page's HTML that shinywidgets and Jupyter define. */
/** The selector of outputs for widgets. */
export declare const OUTPUT_SELECTOR = ".shiny-ipywidget-output";
/** The attribute of a script element that names the CDN. */
export declare const CDN_URL_ATTRIBUTE = "data-jupyter-widgets-cdn";
/** The attribute of a script element that turns off all other sources of modules. */
export declare const CDN_ONLY_ATTRIBUTE = "data-jupyter-widgets-cdn-only";
