define((require, exports, module) => {
  exports.name = module.id;
});
