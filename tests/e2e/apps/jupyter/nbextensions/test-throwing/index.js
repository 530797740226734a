/* An AMD module that throws as it is run. */
define([], () => {
  throw new Error("the module cannot be run");
});
