/**
 * Sets the attributes of a new model without comparisons.
 *
 * Package: @jupyter-widgets/base ~6.0.12
 * Kind: performance
 * Fault: In the constructor of a model, `set` compares and copies each attribute, although the model
 *   has neither other attributes nor listeners. V8 keeps an object that is built key by key as a
 *   table, and later copies of it are ten times as slow.
 * Issue: docs/upstream/performance.md
 * Gain: A tenth of the work of `set` in the constructor.
 * Remove: when base or Backbone has a fast path for constructors.
 * Test: tests/widgets/patches.test.ts
 */
import { WidgetModel } from "@jupyter-widgets/base";
import { isObject } from "../../../util/object.js";
import { type ModelInternals, modelInternals } from "../internals.js";

const prototype = modelInternals(WidgetModel.prototype);
const { set } = prototype;

prototype.set = function (this: ModelInternals, key, ...rest) {
  const isFirst = this._previousAttributes === undefined && this._events === undefined;
  const [options] = rest;
  const isPlain = !isObject(options) || !(options.validate || options.unset);
  if (!isFirst || !isObject(key) || !isPlain) return set.call(this, key, ...rest);
  this.attributes = { ...key };
  this.changed = { ...key };
  this._previousAttributes = {};
  this.id = this.get(this.idAttribute);
  this._pending = false;
  this._changing = false;
  this._buffered_state_diff_synced = {};
  return this;
};
