/** The controls of ipywidgets 8, as a chunk. */
export * from "@jupyter-widgets/controls";
