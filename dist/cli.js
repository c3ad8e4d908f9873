#!/usr/bin/env node
"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from2, except, desc) => {
  if (from2 && typeof from2 === "object" || typeof from2 === "function") {
    for (let key of __getOwnPropNames(from2))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from2[key], enumerable: !(desc = __getOwnPropDesc(from2, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));

// src/errors.ts
var ActionError;
var init_errors = __esm({
  "src/errors.ts"() {
    "use strict";
    ActionError = class extends Error {
      name = "ActionError";
      code;
      remedy;
      inputs;
      file;
      constructor(code2, message2, { remedy, inputs = [], file, cause }) {
        super(message2, { cause });
        this.code = code2;
        this.remedy = remedy;
        this.inputs = inputs;
        this.file = file;
      }
    };
  }
});

// src/cli/command.ts
function usageError(problem, remedy) {
  return new DeskError(problem, remedy, 2);
}
function parseFlags(name, { options }, args2) {
  const known = { ...everywhere, ...options };
  try {
    return (0, import_node_util.parseArgs)({ args: [...args2], options: known, strict: true, allowPositionals: false }).values;
  } catch (error) {
    const unknown = /^Unknown option '(-[^' ]*)/.exec(error.message)?.[1];
    const stray = /^Unexpected argument '([^']*)'/.exec(error.message)?.[1];
    const help = `See "sprinklr-token ${name} --help".`;
    if (unknown !== void 0) {
      const near = nearest(
        unknown,
        Object.keys(known).map((flag2) => `--${flag2}`)
      );
      throw usageError(
        `${name} has no flag ${unknown}.`,
        near === void 0 ? help : `Did you mean ${near}? ${help}`
      );
    }
    if (stray !== void 0)
      throw usageError(`${name} takes flags only, and something else was given.`, help);
    throw usageError(
      `A flag of ${name} is not complete.`,
      `Flags that take a value are given as --flag=value. ${help}`
    );
  }
}
function textOf(flags, name) {
  const value = flags[name];
  return typeof value === "string" ? value.trim() : "";
}
function integerOf(flags, name, range) {
  const text3 = textOf(flags, name);
  if (text3 === "") return range.default;
  const value = /^\d+$/.test(text3) ? Number(text3) : NaN;
  if (value >= range.least && value <= range.most) return value;
  throw usageError(
    `--${name} has to be a whole number from ${range.least} to ${range.most}.`,
    `Correct --${name}.`
  );
}
function choiceOf(flags, name, choices) {
  const text3 = textOf(flags, name).toLowerCase();
  const found = text3 === "" ? choices[0] : choices.find((choice2) => choice2 === text3);
  if (found !== void 0) return found;
  throw usageError(`--${name} has to be ${choices.join(" or ")}.`, `Correct --${name}.`);
}
function nearest(word, known) {
  const ranked = known.map((candidate) => ({ candidate, distance: editDistance(word, candidate) })).sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== void 0 && best.distance <= Math.max(2, word.length / 3) ? best.candidate : void 0;
}
function editDistance(from2, to) {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of from2.split("").entries()) {
    const next = [i + 1];
    for (const [j, other] of to.split("").entries()) {
      next.push(
        Math.min((row[j] ?? 0) + (letter === other ? 0 : 1), (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1)
      );
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
var import_node_util, DeskError, everywhere;
var init_command = __esm({
  "src/cli/command.ts"() {
    "use strict";
    import_node_util = require("node:util");
    DeskError = class extends Error {
      remedy;
      exitCode;
      constructor(problem, remedy, exitCode = 1) {
        super(problem);
        this.name = "DeskError";
        this.remedy = remedy;
        this.exitCode = exitCode;
      }
    };
    everywhere = { help: { type: "boolean", short: "h" }, debug: { type: "boolean" } };
  }
});

// src/cli/program.ts
function programFolder() {
  return (0, import_node_path.dirname)((0, import_node_fs.realpathSync)(process.argv[1] ?? ""));
}
function programVersion() {
  const manifest = JSON.parse((0, import_node_fs.readFileSync)((0, import_node_path.join)(programFolder(), "../package.json"), "utf8"));
  return manifest.version;
}
var import_node_fs, import_node_path;
var init_program = __esm({
  "src/cli/program.ts"() {
    "use strict";
    import_node_fs = require("node:fs");
    import_node_path = require("node:path");
  }
});

// src/cli/terminal.ts
function paint(style, text3) {
  const wanted = process.stdout.isTTY && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb";
  const [on, off] = styles[style];
  return wanted ? `\x1B[${on}m${text3}\x1B[${off}m` : text3;
}
function print(...lines) {
  process.stdout.write(lines.map((line2) => `${line2}
`).join(""));
}
function printError(...lines) {
  process.stderr.write(lines.map((line2) => `${line2}
`).join(""));
}
function isInteractive() {
  return process.stdin.isTTY && process.stdout.isTTY;
}
async function ask(question, signal) {
  const reader = (0, import_promises.createInterface)({ input: process.stdin, output: process.stdout });
  try {
    return await new Promise((resolve2, reject) => {
      reader.once("close", () => {
        reject(new DeskError("Stopped before the question was answered.", "Nothing was done."));
      });
      reader.question(question, signal === void 0 ? {} : { signal }).then((answer2) => {
        resolve2(answer2.trim());
      }, reject);
    });
  } finally {
    reader.close();
  }
}
async function confirm(question) {
  return /^y(es)?$/i.test(await ask(`${question} [y/N] `));
}
async function during(text3, work) {
  if (!process.stderr.isTTY) return await work;
  const frames = ["|", "/", "-", "\\"];
  let turn = 0;
  const timer = setInterval(
    () => process.stderr.write(`\r${frames[turn++ % frames.length] ?? ""} ${text3}`),
    250
  );
  try {
    return await work;
  } finally {
    clearInterval(timer);
    if (turn > 0) process.stderr.write("\r\x1B[K");
  }
}
async function uninterrupted(work) {
  const controller = new AbortController();
  const interrupt = () => {
    controller.abort();
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
var import_promises, styles;
var init_terminal = __esm({
  "src/cli/terminal.ts"() {
    "use strict";
    import_promises = require("node:readline/promises");
    init_command();
    styles = {
      bold: [1, 22],
      dim: [2, 22],
      red: [31, 39],
      green: [32, 39],
      yellow: [33, 39],
      cyan: [36, 39]
    };
  }
});

// node_modules/node-forge/lib/forge.js
var require_forge = __commonJS({
  "node_modules/node-forge/lib/forge.js"(exports2, module2) {
    module2.exports = {
      // default options
      options: {
        usePureJavaScript: false
      }
    };
  }
});

// node_modules/node-forge/lib/baseN.js
var require_baseN = __commonJS({
  "node_modules/node-forge/lib/baseN.js"(exports2, module2) {
    var api = {};
    module2.exports = api;
    var _reverseAlphabets = {};
    api.encode = function(input, alphabet, maxline) {
      if (typeof alphabet !== "string") {
        throw new TypeError('"alphabet" must be a string.');
      }
      if (maxline !== void 0 && typeof maxline !== "number") {
        throw new TypeError('"maxline" must be a number.');
      }
      var output = "";
      if (!(input instanceof Uint8Array)) {
        output = _encodeWithByteBuffer(input, alphabet);
      } else {
        var i = 0;
        var base = alphabet.length;
        var first = alphabet.charAt(0);
        var digits = [0];
        for (i = 0; i < input.length; ++i) {
          for (var j = 0, carry = input[i]; j < digits.length; ++j) {
            carry += digits[j] << 8;
            digits[j] = carry % base;
            carry = carry / base | 0;
          }
          while (carry > 0) {
            digits.push(carry % base);
            carry = carry / base | 0;
          }
        }
        for (i = 0; input[i] === 0 && i < input.length - 1; ++i) {
          output += first;
        }
        for (i = digits.length - 1; i >= 0; --i) {
          output += alphabet[digits[i]];
        }
      }
      if (maxline) {
        var regex = new RegExp(".{1," + maxline + "}", "g");
        output = output.match(regex).join("\r\n");
      }
      return output;
    };
    api.decode = function(input, alphabet) {
      if (typeof input !== "string") {
        throw new TypeError('"input" must be a string.');
      }
      if (typeof alphabet !== "string") {
        throw new TypeError('"alphabet" must be a string.');
      }
      var table2 = _reverseAlphabets[alphabet];
      if (!table2) {
        table2 = _reverseAlphabets[alphabet] = [];
        for (var i = 0; i < alphabet.length; ++i) {
          table2[alphabet.charCodeAt(i)] = i;
        }
      }
      input = input.replace(/\s/g, "");
      var base = alphabet.length;
      var first = alphabet.charAt(0);
      var bytes = [0];
      for (var i = 0; i < input.length; i++) {
        var value = table2[input.charCodeAt(i)];
        if (value === void 0) {
          return;
        }
        for (var j = 0, carry = value; j < bytes.length; ++j) {
          carry += bytes[j] * base;
          bytes[j] = carry & 255;
          carry >>= 8;
        }
        while (carry > 0) {
          bytes.push(carry & 255);
          carry >>= 8;
        }
      }
      for (var k = 0; input[k] === first && k < input.length - 1; ++k) {
        bytes.push(0);
      }
      if (typeof Buffer !== "undefined") {
        return Buffer.from(bytes.reverse());
      }
      return new Uint8Array(bytes.reverse());
    };
    function _encodeWithByteBuffer(input, alphabet) {
      var i = 0;
      var base = alphabet.length;
      var first = alphabet.charAt(0);
      var digits = [0];
      for (i = 0; i < input.length(); ++i) {
        for (var j = 0, carry = input.at(i); j < digits.length; ++j) {
          carry += digits[j] << 8;
          digits[j] = carry % base;
          carry = carry / base | 0;
        }
        while (carry > 0) {
          digits.push(carry % base);
          carry = carry / base | 0;
        }
      }
      var output = "";
      for (i = 0; input.at(i) === 0 && i < input.length() - 1; ++i) {
        output += first;
      }
      for (i = digits.length - 1; i >= 0; --i) {
        output += alphabet[digits[i]];
      }
      return output;
    }
  }
});

// node_modules/node-forge/lib/util.js
var require_util = __commonJS({
  "node_modules/node-forge/lib/util.js"(exports2, module2) {
    var forge2 = require_forge();
    var baseN = require_baseN();
    var util = module2.exports = forge2.util = forge2.util || {};
    (function() {
      if (typeof process !== "undefined" && process.nextTick && !process.browser) {
        util.nextTick = process.nextTick;
        if (typeof setImmediate === "function") {
          util.setImmediate = setImmediate;
        } else {
          util.setImmediate = util.nextTick;
        }
        return;
      }
      if (typeof setImmediate === "function") {
        util.setImmediate = function() {
          return setImmediate.apply(void 0, arguments);
        };
        util.nextTick = function(callback) {
          return setImmediate(callback);
        };
        return;
      }
      util.setImmediate = function(callback) {
        setTimeout(callback, 0);
      };
      if (typeof window !== "undefined" && typeof window.postMessage === "function") {
        let handler2 = function(event) {
          if (event.source === window && event.data === msg) {
            event.stopPropagation();
            var copy = callbacks.slice();
            callbacks.length = 0;
            copy.forEach(function(callback) {
              callback();
            });
          }
        };
        var handler = handler2;
        var msg = "forge.setImmediate";
        var callbacks = [];
        util.setImmediate = function(callback) {
          callbacks.push(callback);
          if (callbacks.length === 1) {
            window.postMessage(msg, "*");
          }
        };
        window.addEventListener("message", handler2, true);
      }
      if (typeof MutationObserver !== "undefined") {
        var now = Date.now();
        var attr = true;
        var div = document.createElement("div");
        var callbacks = [];
        new MutationObserver(function() {
          var copy = callbacks.slice();
          callbacks.length = 0;
          copy.forEach(function(callback) {
            callback();
          });
        }).observe(div, { attributes: true });
        var oldSetImmediate = util.setImmediate;
        util.setImmediate = function(callback) {
          if (Date.now() - now > 15) {
            now = Date.now();
            oldSetImmediate(callback);
          } else {
            callbacks.push(callback);
            if (callbacks.length === 1) {
              div.setAttribute("a", attr = !attr);
            }
          }
        };
      }
      util.nextTick = util.setImmediate;
    })();
    util.isNodejs = typeof process !== "undefined" && process.versions && process.versions.node;
    util.globalScope = (function() {
      if (util.isNodejs) {
        return global;
      }
      return typeof self === "undefined" ? window : self;
    })();
    util.isArray = Array.isArray || function(x) {
      return Object.prototype.toString.call(x) === "[object Array]";
    };
    util.isArrayBuffer = function(x) {
      return typeof ArrayBuffer !== "undefined" && x instanceof ArrayBuffer;
    };
    util.isArrayBufferView = function(x) {
      return x && util.isArrayBuffer(x.buffer) && x.byteLength !== void 0;
    };
    function _checkBitsParam(n) {
      if (!(n === 8 || n === 16 || n === 24 || n === 32)) {
        throw new Error("Only 8, 16, 24, or 32 bits supported: " + n);
      }
    }
    util.ByteBuffer = ByteStringBuffer;
    function ByteStringBuffer(b) {
      this.data = "";
      this.read = 0;
      if (typeof b === "string") {
        this.data = b;
      } else if (util.isArrayBuffer(b) || util.isArrayBufferView(b)) {
        if (typeof Buffer !== "undefined" && b instanceof Buffer) {
          this.data = b.toString("binary");
        } else {
          var arr = new Uint8Array(b);
          try {
            this.data = String.fromCharCode.apply(null, arr);
          } catch (e) {
            for (var i = 0; i < arr.length; ++i) {
              this.putByte(arr[i]);
            }
          }
        }
      } else if (b instanceof ByteStringBuffer || typeof b === "object" && typeof b.data === "string" && typeof b.read === "number") {
        this.data = b.data;
        this.read = b.read;
      }
      this._constructedStringLength = 0;
    }
    util.ByteStringBuffer = ByteStringBuffer;
    var _MAX_CONSTRUCTED_STRING_LENGTH = 4096;
    util.ByteStringBuffer.prototype._optimizeConstructedString = function(x) {
      this._constructedStringLength += x;
      if (this._constructedStringLength > _MAX_CONSTRUCTED_STRING_LENGTH) {
        this.data.substr(0, 1);
        this._constructedStringLength = 0;
      }
    };
    util.ByteStringBuffer.prototype.length = function() {
      return this.data.length - this.read;
    };
    util.ByteStringBuffer.prototype.isEmpty = function() {
      return this.length() <= 0;
    };
    util.ByteStringBuffer.prototype.putByte = function(b) {
      return this.putBytes(String.fromCharCode(b));
    };
    util.ByteStringBuffer.prototype.fillWithByte = function(b, n) {
      b = String.fromCharCode(b);
      var d = this.data;
      while (n > 0) {
        if (n & 1) {
          d += b;
        }
        n >>>= 1;
        if (n > 0) {
          b += b;
        }
      }
      this.data = d;
      this._optimizeConstructedString(n);
      return this;
    };
    util.ByteStringBuffer.prototype.putBytes = function(bytes) {
      this.data += bytes;
      this._optimizeConstructedString(bytes.length);
      return this;
    };
    util.ByteStringBuffer.prototype.putString = function(str) {
      return this.putBytes(util.encodeUtf8(str));
    };
    util.ByteStringBuffer.prototype.putInt16 = function(i) {
      return this.putBytes(
        String.fromCharCode(i >> 8 & 255) + String.fromCharCode(i & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt24 = function(i) {
      return this.putBytes(
        String.fromCharCode(i >> 16 & 255) + String.fromCharCode(i >> 8 & 255) + String.fromCharCode(i & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt32 = function(i) {
      return this.putBytes(
        String.fromCharCode(i >> 24 & 255) + String.fromCharCode(i >> 16 & 255) + String.fromCharCode(i >> 8 & 255) + String.fromCharCode(i & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt16Le = function(i) {
      return this.putBytes(
        String.fromCharCode(i & 255) + String.fromCharCode(i >> 8 & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt24Le = function(i) {
      return this.putBytes(
        String.fromCharCode(i & 255) + String.fromCharCode(i >> 8 & 255) + String.fromCharCode(i >> 16 & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt32Le = function(i) {
      return this.putBytes(
        String.fromCharCode(i & 255) + String.fromCharCode(i >> 8 & 255) + String.fromCharCode(i >> 16 & 255) + String.fromCharCode(i >> 24 & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt = function(i, n) {
      _checkBitsParam(n);
      var bytes = "";
      do {
        n -= 8;
        bytes += String.fromCharCode(i >> n & 255);
      } while (n > 0);
      return this.putBytes(bytes);
    };
    util.ByteStringBuffer.prototype.putSignedInt = function(i, n) {
      if (i < 0) {
        i += 2 << n - 1;
      }
      return this.putInt(i, n);
    };
    util.ByteStringBuffer.prototype.putBuffer = function(buffer2) {
      return this.putBytes(buffer2.getBytes());
    };
    util.ByteStringBuffer.prototype.getByte = function() {
      return this.data.charCodeAt(this.read++);
    };
    util.ByteStringBuffer.prototype.getInt16 = function() {
      var rval = this.data.charCodeAt(this.read) << 8 ^ this.data.charCodeAt(this.read + 1);
      this.read += 2;
      return rval;
    };
    util.ByteStringBuffer.prototype.getInt24 = function() {
      var rval = this.data.charCodeAt(this.read) << 16 ^ this.data.charCodeAt(this.read + 1) << 8 ^ this.data.charCodeAt(this.read + 2);
      this.read += 3;
      return rval;
    };
    util.ByteStringBuffer.prototype.getInt32 = function() {
      var rval = this.data.charCodeAt(this.read) << 24 ^ this.data.charCodeAt(this.read + 1) << 16 ^ this.data.charCodeAt(this.read + 2) << 8 ^ this.data.charCodeAt(this.read + 3);
      this.read += 4;
      return rval;
    };
    util.ByteStringBuffer.prototype.getInt16Le = function() {
      var rval = this.data.charCodeAt(this.read) ^ this.data.charCodeAt(this.read + 1) << 8;
      this.read += 2;
      return rval;
    };
    util.ByteStringBuffer.prototype.getInt24Le = function() {
      var rval = this.data.charCodeAt(this.read) ^ this.data.charCodeAt(this.read + 1) << 8 ^ this.data.charCodeAt(this.read + 2) << 16;
      this.read += 3;
      return rval;
    };
    util.ByteStringBuffer.prototype.getInt32Le = function() {
      var rval = this.data.charCodeAt(this.read) ^ this.data.charCodeAt(this.read + 1) << 8 ^ this.data.charCodeAt(this.read + 2) << 16 ^ this.data.charCodeAt(this.read + 3) << 24;
      this.read += 4;
      return rval;
    };
    util.ByteStringBuffer.prototype.getInt = function(n) {
      _checkBitsParam(n);
      var rval = 0;
      do {
        rval = (rval << 8) + this.data.charCodeAt(this.read++);
        n -= 8;
      } while (n > 0);
      return rval;
    };
    util.ByteStringBuffer.prototype.getSignedInt = function(n) {
      var x = this.getInt(n);
      var max = 2 << n - 2;
      if (x >= max) {
        x -= max << 1;
      }
      return x;
    };
    util.ByteStringBuffer.prototype.getBytes = function(count) {
      var rval;
      if (count) {
        count = Math.min(this.length(), count);
        rval = this.data.slice(this.read, this.read + count);
        this.read += count;
      } else if (count === 0) {
        rval = "";
      } else {
        rval = this.read === 0 ? this.data : this.data.slice(this.read);
        this.clear();
      }
      return rval;
    };
    util.ByteStringBuffer.prototype.bytes = function(count) {
      return typeof count === "undefined" ? this.data.slice(this.read) : this.data.slice(this.read, this.read + count);
    };
    util.ByteStringBuffer.prototype.at = function(i) {
      return this.data.charCodeAt(this.read + i);
    };
    util.ByteStringBuffer.prototype.setAt = function(i, b) {
      this.data = this.data.substr(0, this.read + i) + String.fromCharCode(b) + this.data.substr(this.read + i + 1);
      return this;
    };
    util.ByteStringBuffer.prototype.last = function() {
      return this.data.charCodeAt(this.data.length - 1);
    };
    util.ByteStringBuffer.prototype.copy = function() {
      var c = util.createBuffer(this.data);
      c.read = this.read;
      return c;
    };
    util.ByteStringBuffer.prototype.compact = function() {
      if (this.read > 0) {
        this.data = this.data.slice(this.read);
        this.read = 0;
      }
      return this;
    };
    util.ByteStringBuffer.prototype.clear = function() {
      this.data = "";
      this.read = 0;
      return this;
    };
    util.ByteStringBuffer.prototype.truncate = function(count) {
      var len = Math.max(0, this.length() - count);
      this.data = this.data.substr(this.read, len);
      this.read = 0;
      return this;
    };
    util.ByteStringBuffer.prototype.toHex = function() {
      var rval = "";
      for (var i = this.read; i < this.data.length; ++i) {
        var b = this.data.charCodeAt(i);
        if (b < 16) {
          rval += "0";
        }
        rval += b.toString(16);
      }
      return rval;
    };
    util.ByteStringBuffer.prototype.toString = function() {
      return util.decodeUtf8(this.bytes());
    };
    function DataBuffer(b, options) {
      options = options || {};
      this.read = options.readOffset || 0;
      this.growSize = options.growSize || 1024;
      var isArrayBuffer = util.isArrayBuffer(b);
      var isArrayBufferView = util.isArrayBufferView(b);
      if (isArrayBuffer || isArrayBufferView) {
        if (isArrayBuffer) {
          this.data = new DataView(b);
        } else {
          this.data = new DataView(b.buffer, b.byteOffset, b.byteLength);
        }
        this.write = "writeOffset" in options ? options.writeOffset : this.data.byteLength;
        return;
      }
      this.data = new DataView(new ArrayBuffer(0));
      this.write = 0;
      if (b !== null && b !== void 0) {
        this.putBytes(b);
      }
      if ("writeOffset" in options) {
        this.write = options.writeOffset;
      }
    }
    util.DataBuffer = DataBuffer;
    util.DataBuffer.prototype.length = function() {
      return this.write - this.read;
    };
    util.DataBuffer.prototype.isEmpty = function() {
      return this.length() <= 0;
    };
    util.DataBuffer.prototype.accommodate = function(amount, growSize) {
      if (this.length() >= amount) {
        return this;
      }
      growSize = Math.max(growSize || this.growSize, amount);
      var src = new Uint8Array(
        this.data.buffer,
        this.data.byteOffset,
        this.data.byteLength
      );
      var dst = new Uint8Array(this.length() + growSize);
      dst.set(src);
      this.data = new DataView(dst.buffer);
      return this;
    };
    util.DataBuffer.prototype.putByte = function(b) {
      this.accommodate(1);
      this.data.setUint8(this.write++, b);
      return this;
    };
    util.DataBuffer.prototype.fillWithByte = function(b, n) {
      this.accommodate(n);
      for (var i = 0; i < n; ++i) {
        this.data.setUint8(b);
      }
      return this;
    };
    util.DataBuffer.prototype.putBytes = function(bytes, encoding) {
      if (util.isArrayBufferView(bytes)) {
        var src = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
        var len = src.byteLength - src.byteOffset;
        this.accommodate(len);
        var dst = new Uint8Array(this.data.buffer, this.write);
        dst.set(src);
        this.write += len;
        return this;
      }
      if (util.isArrayBuffer(bytes)) {
        var src = new Uint8Array(bytes);
        this.accommodate(src.byteLength);
        var dst = new Uint8Array(this.data.buffer);
        dst.set(src, this.write);
        this.write += src.byteLength;
        return this;
      }
      if (bytes instanceof util.DataBuffer || typeof bytes === "object" && typeof bytes.read === "number" && typeof bytes.write === "number" && util.isArrayBufferView(bytes.data)) {
        var src = new Uint8Array(bytes.data.byteLength, bytes.read, bytes.length());
        this.accommodate(src.byteLength);
        var dst = new Uint8Array(bytes.data.byteLength, this.write);
        dst.set(src);
        this.write += src.byteLength;
        return this;
      }
      if (bytes instanceof util.ByteStringBuffer) {
        bytes = bytes.data;
        encoding = "binary";
      }
      encoding = encoding || "binary";
      if (typeof bytes === "string") {
        var view;
        if (encoding === "hex") {
          this.accommodate(Math.ceil(bytes.length / 2));
          view = new Uint8Array(this.data.buffer, this.write);
          this.write += util.binary.hex.decode(bytes, view, this.write);
          return this;
        }
        if (encoding === "base64") {
          this.accommodate(Math.ceil(bytes.length / 4) * 3);
          view = new Uint8Array(this.data.buffer, this.write);
          this.write += util.binary.base64.decode(bytes, view, this.write);
          return this;
        }
        if (encoding === "utf8") {
          bytes = util.encodeUtf8(bytes);
          encoding = "binary";
        }
        if (encoding === "binary" || encoding === "raw") {
          this.accommodate(bytes.length);
          view = new Uint8Array(this.data.buffer, this.write);
          this.write += util.binary.raw.decode(view);
          return this;
        }
        if (encoding === "utf16") {
          this.accommodate(bytes.length * 2);
          view = new Uint16Array(this.data.buffer, this.write);
          this.write += util.text.utf16.encode(view);
          return this;
        }
        throw new Error("Invalid encoding: " + encoding);
      }
      throw Error("Invalid parameter: " + bytes);
    };
    util.DataBuffer.prototype.putBuffer = function(buffer2) {
      this.putBytes(buffer2);
      buffer2.clear();
      return this;
    };
    util.DataBuffer.prototype.putString = function(str) {
      return this.putBytes(str, "utf16");
    };
    util.DataBuffer.prototype.putInt16 = function(i) {
      this.accommodate(2);
      this.data.setInt16(this.write, i);
      this.write += 2;
      return this;
    };
    util.DataBuffer.prototype.putInt24 = function(i) {
      this.accommodate(3);
      this.data.setInt16(this.write, i >> 8 & 65535);
      this.data.setInt8(this.write, i >> 16 & 255);
      this.write += 3;
      return this;
    };
    util.DataBuffer.prototype.putInt32 = function(i) {
      this.accommodate(4);
      this.data.setInt32(this.write, i);
      this.write += 4;
      return this;
    };
    util.DataBuffer.prototype.putInt16Le = function(i) {
      this.accommodate(2);
      this.data.setInt16(this.write, i, true);
      this.write += 2;
      return this;
    };
    util.DataBuffer.prototype.putInt24Le = function(i) {
      this.accommodate(3);
      this.data.setInt8(this.write, i >> 16 & 255);
      this.data.setInt16(this.write, i >> 8 & 65535, true);
      this.write += 3;
      return this;
    };
    util.DataBuffer.prototype.putInt32Le = function(i) {
      this.accommodate(4);
      this.data.setInt32(this.write, i, true);
      this.write += 4;
      return this;
    };
    util.DataBuffer.prototype.putInt = function(i, n) {
      _checkBitsParam(n);
      this.accommodate(n / 8);
      do {
        n -= 8;
        this.data.setInt8(this.write++, i >> n & 255);
      } while (n > 0);
      return this;
    };
    util.DataBuffer.prototype.putSignedInt = function(i, n) {
      _checkBitsParam(n);
      this.accommodate(n / 8);
      if (i < 0) {
        i += 2 << n - 1;
      }
      return this.putInt(i, n);
    };
    util.DataBuffer.prototype.getByte = function() {
      return this.data.getInt8(this.read++);
    };
    util.DataBuffer.prototype.getInt16 = function() {
      var rval = this.data.getInt16(this.read);
      this.read += 2;
      return rval;
    };
    util.DataBuffer.prototype.getInt24 = function() {
      var rval = this.data.getInt16(this.read) << 8 ^ this.data.getInt8(this.read + 2);
      this.read += 3;
      return rval;
    };
    util.DataBuffer.prototype.getInt32 = function() {
      var rval = this.data.getInt32(this.read);
      this.read += 4;
      return rval;
    };
    util.DataBuffer.prototype.getInt16Le = function() {
      var rval = this.data.getInt16(this.read, true);
      this.read += 2;
      return rval;
    };
    util.DataBuffer.prototype.getInt24Le = function() {
      var rval = this.data.getInt8(this.read) ^ this.data.getInt16(this.read + 1, true) << 8;
      this.read += 3;
      return rval;
    };
    util.DataBuffer.prototype.getInt32Le = function() {
      var rval = this.data.getInt32(this.read, true);
      this.read += 4;
      return rval;
    };
    util.DataBuffer.prototype.getInt = function(n) {
      _checkBitsParam(n);
      var rval = 0;
      do {
        rval = (rval << 8) + this.data.getInt8(this.read++);
        n -= 8;
      } while (n > 0);
      return rval;
    };
    util.DataBuffer.prototype.getSignedInt = function(n) {
      var x = this.getInt(n);
      var max = 2 << n - 2;
      if (x >= max) {
        x -= max << 1;
      }
      return x;
    };
    util.DataBuffer.prototype.getBytes = function(count) {
      var rval;
      if (count) {
        count = Math.min(this.length(), count);
        rval = this.data.slice(this.read, this.read + count);
        this.read += count;
      } else if (count === 0) {
        rval = "";
      } else {
        rval = this.read === 0 ? this.data : this.data.slice(this.read);
        this.clear();
      }
      return rval;
    };
    util.DataBuffer.prototype.bytes = function(count) {
      return typeof count === "undefined" ? this.data.slice(this.read) : this.data.slice(this.read, this.read + count);
    };
    util.DataBuffer.prototype.at = function(i) {
      return this.data.getUint8(this.read + i);
    };
    util.DataBuffer.prototype.setAt = function(i, b) {
      this.data.setUint8(i, b);
      return this;
    };
    util.DataBuffer.prototype.last = function() {
      return this.data.getUint8(this.write - 1);
    };
    util.DataBuffer.prototype.copy = function() {
      return new util.DataBuffer(this);
    };
    util.DataBuffer.prototype.compact = function() {
      if (this.read > 0) {
        var src = new Uint8Array(this.data.buffer, this.read);
        var dst = new Uint8Array(src.byteLength);
        dst.set(src);
        this.data = new DataView(dst);
        this.write -= this.read;
        this.read = 0;
      }
      return this;
    };
    util.DataBuffer.prototype.clear = function() {
      this.data = new DataView(new ArrayBuffer(0));
      this.read = this.write = 0;
      return this;
    };
    util.DataBuffer.prototype.truncate = function(count) {
      this.write = Math.max(0, this.length() - count);
      this.read = Math.min(this.read, this.write);
      return this;
    };
    util.DataBuffer.prototype.toHex = function() {
      var rval = "";
      for (var i = this.read; i < this.data.byteLength; ++i) {
        var b = this.data.getUint8(i);
        if (b < 16) {
          rval += "0";
        }
        rval += b.toString(16);
      }
      return rval;
    };
    util.DataBuffer.prototype.toString = function(encoding) {
      var view = new Uint8Array(this.data, this.read, this.length());
      encoding = encoding || "utf8";
      if (encoding === "binary" || encoding === "raw") {
        return util.binary.raw.encode(view);
      }
      if (encoding === "hex") {
        return util.binary.hex.encode(view);
      }
      if (encoding === "base64") {
        return util.binary.base64.encode(view);
      }
      if (encoding === "utf8") {
        return util.text.utf8.decode(view);
      }
      if (encoding === "utf16") {
        return util.text.utf16.decode(view);
      }
      throw new Error("Invalid encoding: " + encoding);
    };
    util.createBuffer = function(input, encoding) {
      encoding = encoding || "raw";
      if (input !== void 0 && encoding === "utf8") {
        input = util.encodeUtf8(input);
      }
      return new util.ByteBuffer(input);
    };
    util.fillString = function(c, n) {
      var s = "";
      while (n > 0) {
        if (n & 1) {
          s += c;
        }
        n >>>= 1;
        if (n > 0) {
          c += c;
        }
      }
      return s;
    };
    util.xorBytes = function(s1, s2, n) {
      var s3 = "";
      var b = "";
      var t = "";
      var i = 0;
      var c = 0;
      for (; n > 0; --n, ++i) {
        b = s1.charCodeAt(i) ^ s2.charCodeAt(i);
        if (c >= 10) {
          s3 += t;
          t = "";
          c = 0;
        }
        t += String.fromCharCode(b);
        ++c;
      }
      s3 += t;
      return s3;
    };
    util.hexToBytes = function(hex) {
      var rval = "";
      var i = 0;
      if (hex.length & true) {
        i = 1;
        rval += String.fromCharCode(parseInt(hex[0], 16));
      }
      for (; i < hex.length; i += 2) {
        rval += String.fromCharCode(parseInt(hex.substr(i, 2), 16));
      }
      return rval;
    };
    util.bytesToHex = function(bytes) {
      return util.createBuffer(bytes).toHex();
    };
    util.int32ToBytes = function(i) {
      return String.fromCharCode(i >> 24 & 255) + String.fromCharCode(i >> 16 & 255) + String.fromCharCode(i >> 8 & 255) + String.fromCharCode(i & 255);
    };
    var _base64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    var _base64Idx = [
      /*43 -43 = 0*/
      /*'+',  1,  2,  3,'/' */
      62,
      -1,
      -1,
      -1,
      63,
      /*'0','1','2','3','4','5','6','7','8','9' */
      52,
      53,
      54,
      55,
      56,
      57,
      58,
      59,
      60,
      61,
      /*15, 16, 17,'=', 19, 20, 21 */
      -1,
      -1,
      -1,
      64,
      -1,
      -1,
      -1,
      /*65 - 43 = 22*/
      /*'A','B','C','D','E','F','G','H','I','J','K','L','M', */
      0,
      1,
      2,
      3,
      4,
      5,
      6,
      7,
      8,
      9,
      10,
      11,
      12,
      /*'N','O','P','Q','R','S','T','U','V','W','X','Y','Z' */
      13,
      14,
      15,
      16,
      17,
      18,
      19,
      20,
      21,
      22,
      23,
      24,
      25,
      /*91 - 43 = 48 */
      /*48, 49, 50, 51, 52, 53 */
      -1,
      -1,
      -1,
      -1,
      -1,
      -1,
      /*97 - 43 = 54*/
      /*'a','b','c','d','e','f','g','h','i','j','k','l','m' */
      26,
      27,
      28,
      29,
      30,
      31,
      32,
      33,
      34,
      35,
      36,
      37,
      38,
      /*'n','o','p','q','r','s','t','u','v','w','x','y','z' */
      39,
      40,
      41,
      42,
      43,
      44,
      45,
      46,
      47,
      48,
      49,
      50,
      51
    ];
    var _base58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    util.encode64 = function(input, maxline) {
      var line2 = "";
      var output = "";
      var chr1, chr2, chr3;
      var i = 0;
      while (i < input.length) {
        chr1 = input.charCodeAt(i++);
        chr2 = input.charCodeAt(i++);
        chr3 = input.charCodeAt(i++);
        line2 += _base64.charAt(chr1 >> 2);
        line2 += _base64.charAt((chr1 & 3) << 4 | chr2 >> 4);
        if (isNaN(chr2)) {
          line2 += "==";
        } else {
          line2 += _base64.charAt((chr2 & 15) << 2 | chr3 >> 6);
          line2 += isNaN(chr3) ? "=" : _base64.charAt(chr3 & 63);
        }
        if (maxline && line2.length > maxline) {
          output += line2.substr(0, maxline) + "\r\n";
          line2 = line2.substr(maxline);
        }
      }
      output += line2;
      return output;
    };
    util.decode64 = function(input) {
      input = input.replace(/[^A-Za-z0-9\+\/\=]/g, "");
      var output = "";
      var enc1, enc2, enc3, enc4;
      var i = 0;
      while (i < input.length) {
        enc1 = _base64Idx[input.charCodeAt(i++) - 43];
        enc2 = _base64Idx[input.charCodeAt(i++) - 43];
        enc3 = _base64Idx[input.charCodeAt(i++) - 43];
        enc4 = _base64Idx[input.charCodeAt(i++) - 43];
        output += String.fromCharCode(enc1 << 2 | enc2 >> 4);
        if (enc3 !== 64) {
          output += String.fromCharCode((enc2 & 15) << 4 | enc3 >> 2);
          if (enc4 !== 64) {
            output += String.fromCharCode((enc3 & 3) << 6 | enc4);
          }
        }
      }
      return output;
    };
    util.encodeUtf8 = function(str) {
      return unescape(encodeURIComponent(str));
    };
    util.decodeUtf8 = function(str) {
      return decodeURIComponent(escape(str));
    };
    util.binary = {
      raw: {},
      hex: {},
      base64: {},
      base58: {},
      baseN: {
        encode: baseN.encode,
        decode: baseN.decode
      }
    };
    util.binary.raw.encode = function(bytes) {
      return String.fromCharCode.apply(null, bytes);
    };
    util.binary.raw.decode = function(str, output, offset) {
      var out = output;
      if (!out) {
        out = new Uint8Array(str.length);
      }
      offset = offset || 0;
      var j = offset;
      for (var i = 0; i < str.length; ++i) {
        out[j++] = str.charCodeAt(i);
      }
      return output ? j - offset : out;
    };
    util.binary.hex.encode = util.bytesToHex;
    util.binary.hex.decode = function(hex, output, offset) {
      var out = output;
      if (!out) {
        out = new Uint8Array(Math.ceil(hex.length / 2));
      }
      offset = offset || 0;
      var i = 0, j = offset;
      if (hex.length & 1) {
        i = 1;
        out[j++] = parseInt(hex[0], 16);
      }
      for (; i < hex.length; i += 2) {
        out[j++] = parseInt(hex.substr(i, 2), 16);
      }
      return output ? j - offset : out;
    };
    util.binary.base64.encode = function(input, maxline) {
      var line2 = "";
      var output = "";
      var chr1, chr2, chr3;
      var i = 0;
      while (i < input.byteLength) {
        chr1 = input[i++];
        chr2 = input[i++];
        chr3 = input[i++];
        line2 += _base64.charAt(chr1 >> 2);
        line2 += _base64.charAt((chr1 & 3) << 4 | chr2 >> 4);
        if (isNaN(chr2)) {
          line2 += "==";
        } else {
          line2 += _base64.charAt((chr2 & 15) << 2 | chr3 >> 6);
          line2 += isNaN(chr3) ? "=" : _base64.charAt(chr3 & 63);
        }
        if (maxline && line2.length > maxline) {
          output += line2.substr(0, maxline) + "\r\n";
          line2 = line2.substr(maxline);
        }
      }
      output += line2;
      return output;
    };
    util.binary.base64.decode = function(input, output, offset) {
      var out = output;
      if (!out) {
        out = new Uint8Array(Math.ceil(input.length / 4) * 3);
      }
      input = input.replace(/[^A-Za-z0-9\+\/\=]/g, "");
      offset = offset || 0;
      var enc1, enc2, enc3, enc4;
      var i = 0, j = offset;
      while (i < input.length) {
        enc1 = _base64Idx[input.charCodeAt(i++) - 43];
        enc2 = _base64Idx[input.charCodeAt(i++) - 43];
        enc3 = _base64Idx[input.charCodeAt(i++) - 43];
        enc4 = _base64Idx[input.charCodeAt(i++) - 43];
        out[j++] = enc1 << 2 | enc2 >> 4;
        if (enc3 !== 64) {
          out[j++] = (enc2 & 15) << 4 | enc3 >> 2;
          if (enc4 !== 64) {
            out[j++] = (enc3 & 3) << 6 | enc4;
          }
        }
      }
      return output ? j - offset : out.subarray(0, j);
    };
    util.binary.base58.encode = function(input, maxline) {
      return util.binary.baseN.encode(input, _base58, maxline);
    };
    util.binary.base58.decode = function(input, maxline) {
      return util.binary.baseN.decode(input, _base58, maxline);
    };
    util.text = {
      utf8: {},
      utf16: {}
    };
    util.text.utf8.encode = function(str, output, offset) {
      str = util.encodeUtf8(str);
      var out = output;
      if (!out) {
        out = new Uint8Array(str.length);
      }
      offset = offset || 0;
      var j = offset;
      for (var i = 0; i < str.length; ++i) {
        out[j++] = str.charCodeAt(i);
      }
      return output ? j - offset : out;
    };
    util.text.utf8.decode = function(bytes) {
      return util.decodeUtf8(String.fromCharCode.apply(null, bytes));
    };
    util.text.utf16.encode = function(str, output, offset) {
      var out = output;
      if (!out) {
        out = new Uint8Array(str.length * 2);
      }
      var view = new Uint16Array(out.buffer);
      offset = offset || 0;
      var j = offset;
      var k = offset;
      for (var i = 0; i < str.length; ++i) {
        view[k++] = str.charCodeAt(i);
        j += 2;
      }
      return output ? j - offset : out;
    };
    util.text.utf16.decode = function(bytes) {
      return String.fromCharCode.apply(null, new Uint16Array(bytes.buffer));
    };
    util.deflate = function(api, bytes, raw) {
      bytes = util.decode64(api.deflate(util.encode64(bytes)).rval);
      if (raw) {
        var start = 2;
        var flg = bytes.charCodeAt(1);
        if (flg & 32) {
          start = 6;
        }
        bytes = bytes.substring(start, bytes.length - 4);
      }
      return bytes;
    };
    util.inflate = function(api, bytes, raw) {
      var rval = api.inflate(util.encode64(bytes)).rval;
      return rval === null ? null : util.decode64(rval);
    };
    var _setStorageObject = function(api, id, obj) {
      if (!api) {
        throw new Error("WebStorage not available.");
      }
      var rval;
      if (obj === null) {
        rval = api.removeItem(id);
      } else {
        obj = util.encode64(JSON.stringify(obj));
        rval = api.setItem(id, obj);
      }
      if (typeof rval !== "undefined" && rval.rval !== true) {
        var error = new Error(rval.error.message);
        error.id = rval.error.id;
        error.name = rval.error.name;
        throw error;
      }
    };
    var _getStorageObject = function(api, id) {
      if (!api) {
        throw new Error("WebStorage not available.");
      }
      var rval = api.getItem(id);
      if (api.init) {
        if (rval.rval === null) {
          if (rval.error) {
            var error = new Error(rval.error.message);
            error.id = rval.error.id;
            error.name = rval.error.name;
            throw error;
          }
          rval = null;
        } else {
          rval = rval.rval;
        }
      }
      if (rval !== null) {
        rval = JSON.parse(util.decode64(rval));
      }
      return rval;
    };
    var _setItem = function(api, id, key, data) {
      var obj = _getStorageObject(api, id);
      if (obj === null) {
        obj = {};
      }
      obj[key] = data;
      _setStorageObject(api, id, obj);
    };
    var _getItem = function(api, id, key) {
      var rval = _getStorageObject(api, id);
      if (rval !== null) {
        rval = key in rval ? rval[key] : null;
      }
      return rval;
    };
    var _removeItem = function(api, id, key) {
      var obj = _getStorageObject(api, id);
      if (obj !== null && key in obj) {
        delete obj[key];
        var empty = true;
        for (var prop in obj) {
          empty = false;
          break;
        }
        if (empty) {
          obj = null;
        }
        _setStorageObject(api, id, obj);
      }
    };
    var _clearItems = function(api, id) {
      _setStorageObject(api, id, null);
    };
    var _callStorageFunction = function(func, args2, location) {
      var rval = null;
      if (typeof location === "undefined") {
        location = ["web", "flash"];
      }
      var type;
      var done = false;
      var exception = null;
      for (var idx in location) {
        type = location[idx];
        try {
          if (type === "flash" || type === "both") {
            if (args2[0] === null) {
              throw new Error("Flash local storage not available.");
            }
            rval = func.apply(this, args2);
            done = type === "flash";
          }
          if (type === "web" || type === "both") {
            args2[0] = localStorage;
            rval = func.apply(this, args2);
            done = true;
          }
        } catch (ex) {
          exception = ex;
        }
        if (done) {
          break;
        }
      }
      if (!done) {
        throw exception;
      }
      return rval;
    };
    util.setItem = function(api, id, key, data, location) {
      _callStorageFunction(_setItem, arguments, location);
    };
    util.getItem = function(api, id, key, location) {
      return _callStorageFunction(_getItem, arguments, location);
    };
    util.removeItem = function(api, id, key, location) {
      _callStorageFunction(_removeItem, arguments, location);
    };
    util.clearItems = function(api, id, location) {
      _callStorageFunction(_clearItems, arguments, location);
    };
    util.isEmpty = function(obj) {
      for (var prop in obj) {
        if (obj.hasOwnProperty(prop)) {
          return false;
        }
      }
      return true;
    };
    util.format = function(format) {
      var re = /%./g;
      var match;
      var part;
      var argi = 0;
      var parts = [];
      var last = 0;
      while (match = re.exec(format)) {
        part = format.substring(last, re.lastIndex - 2);
        if (part.length > 0) {
          parts.push(part);
        }
        last = re.lastIndex;
        var code2 = match[0][1];
        switch (code2) {
          case "s":
          case "o":
            if (argi < arguments.length) {
              parts.push(arguments[argi++ + 1]);
            } else {
              parts.push("<?>");
            }
            break;
          // FIXME: do proper formatting for numbers, etc
          //case 'f':
          //case 'd':
          case "%":
            parts.push("%");
            break;
          default:
            parts.push("<%" + code2 + "?>");
        }
      }
      parts.push(format.substring(last));
      return parts.join("");
    };
    util.formatNumber = function(number, decimals, dec_point, thousands_sep) {
      var n = number, c = isNaN(decimals = Math.abs(decimals)) ? 2 : decimals;
      var d = dec_point === void 0 ? "," : dec_point;
      var t = thousands_sep === void 0 ? "." : thousands_sep, s = n < 0 ? "-" : "";
      var i = parseInt(n = Math.abs(+n || 0).toFixed(c), 10) + "";
      var j = i.length > 3 ? i.length % 3 : 0;
      return s + (j ? i.substr(0, j) + t : "") + i.substr(j).replace(/(\d{3})(?=\d)/g, "$1" + t) + (c ? d + Math.abs(n - i).toFixed(c).slice(2) : "");
    };
    util.formatSize = function(size) {
      if (size >= 1073741824) {
        size = util.formatNumber(size / 1073741824, 2, ".", "") + " GiB";
      } else if (size >= 1048576) {
        size = util.formatNumber(size / 1048576, 2, ".", "") + " MiB";
      } else if (size >= 1024) {
        size = util.formatNumber(size / 1024, 0) + " KiB";
      } else {
        size = util.formatNumber(size, 0) + " bytes";
      }
      return size;
    };
    util.bytesFromIP = function(ip) {
      if (ip.indexOf(".") !== -1) {
        return util.bytesFromIPv4(ip);
      }
      if (ip.indexOf(":") !== -1) {
        return util.bytesFromIPv6(ip);
      }
      return null;
    };
    util.bytesFromIPv4 = function(ip) {
      ip = ip.split(".");
      if (ip.length !== 4) {
        return null;
      }
      var b = util.createBuffer();
      for (var i = 0; i < ip.length; ++i) {
        var num = parseInt(ip[i], 10);
        if (isNaN(num)) {
          return null;
        }
        b.putByte(num);
      }
      return b.getBytes();
    };
    util.bytesFromIPv6 = function(ip) {
      var blanks = 0;
      ip = ip.split(":").filter(function(e) {
        if (e.length === 0) ++blanks;
        return true;
      });
      var zeros = (8 - ip.length + blanks) * 2;
      var b = util.createBuffer();
      for (var i = 0; i < 8; ++i) {
        if (!ip[i] || ip[i].length === 0) {
          b.fillWithByte(0, zeros);
          zeros = 0;
          continue;
        }
        var bytes = util.hexToBytes(ip[i]);
        if (bytes.length < 2) {
          b.putByte(0);
        }
        b.putBytes(bytes);
      }
      return b.getBytes();
    };
    util.bytesToIP = function(bytes) {
      if (bytes.length === 4) {
        return util.bytesToIPv4(bytes);
      }
      if (bytes.length === 16) {
        return util.bytesToIPv6(bytes);
      }
      return null;
    };
    util.bytesToIPv4 = function(bytes) {
      if (bytes.length !== 4) {
        return null;
      }
      var ip = [];
      for (var i = 0; i < bytes.length; ++i) {
        ip.push(bytes.charCodeAt(i));
      }
      return ip.join(".");
    };
    util.bytesToIPv6 = function(bytes) {
      if (bytes.length !== 16) {
        return null;
      }
      var ip = [];
      var zeroGroups = [];
      var zeroMaxGroup = 0;
      for (var i = 0; i < bytes.length; i += 2) {
        var hex = util.bytesToHex(bytes[i] + bytes[i + 1]);
        while (hex[0] === "0" && hex !== "0") {
          hex = hex.substr(1);
        }
        if (hex === "0") {
          var last = zeroGroups[zeroGroups.length - 1];
          var idx = ip.length;
          if (!last || idx !== last.end + 1) {
            zeroGroups.push({ start: idx, end: idx });
          } else {
            last.end = idx;
            if (last.end - last.start > zeroGroups[zeroMaxGroup].end - zeroGroups[zeroMaxGroup].start) {
              zeroMaxGroup = zeroGroups.length - 1;
            }
          }
        }
        ip.push(hex);
      }
      if (zeroGroups.length > 0) {
        var group = zeroGroups[zeroMaxGroup];
        if (group.end - group.start > 0) {
          ip.splice(group.start, group.end - group.start + 1, "");
          if (group.start === 0) {
            ip.unshift("");
          }
          if (group.end === 7) {
            ip.push("");
          }
        }
      }
      return ip.join(":");
    };
    util.estimateCores = function(options, callback) {
      if (typeof options === "function") {
        callback = options;
        options = {};
      }
      options = options || {};
      if ("cores" in util && !options.update) {
        return callback(null, util.cores);
      }
      if (typeof navigator !== "undefined" && "hardwareConcurrency" in navigator && navigator.hardwareConcurrency > 0) {
        util.cores = navigator.hardwareConcurrency;
        return callback(null, util.cores);
      }
      if (typeof Worker === "undefined") {
        util.cores = 1;
        return callback(null, util.cores);
      }
      if (typeof Blob === "undefined") {
        util.cores = 2;
        return callback(null, util.cores);
      }
      var blobUrl = URL.createObjectURL(new Blob([
        "(",
        function() {
          self.addEventListener("message", function(e) {
            var st = Date.now();
            var et = st + 4;
            while (Date.now() < et) ;
            self.postMessage({ st, et });
          });
        }.toString(),
        ")()"
      ], { type: "application/javascript" }));
      sample([], 5, 16);
      function sample(max, samples, numWorkers) {
        if (samples === 0) {
          var avg = Math.floor(max.reduce(function(avg2, x) {
            return avg2 + x;
          }, 0) / max.length);
          util.cores = Math.max(1, avg);
          URL.revokeObjectURL(blobUrl);
          return callback(null, util.cores);
        }
        map(numWorkers, function(err, results) {
          max.push(reduce(numWorkers, results));
          sample(max, samples - 1, numWorkers);
        });
      }
      function map(numWorkers, callback2) {
        var workers = [];
        var results = [];
        for (var i = 0; i < numWorkers; ++i) {
          var worker = new Worker(blobUrl);
          worker.addEventListener("message", function(e) {
            results.push(e.data);
            if (results.length === numWorkers) {
              for (var i2 = 0; i2 < numWorkers; ++i2) {
                workers[i2].terminate();
              }
              callback2(null, results);
            }
          });
          workers.push(worker);
        }
        for (var i = 0; i < numWorkers; ++i) {
          workers[i].postMessage(i);
        }
      }
      function reduce(numWorkers, results) {
        var overlaps = [];
        for (var n = 0; n < numWorkers; ++n) {
          var r1 = results[n];
          var overlap = overlaps[n] = [];
          for (var i = 0; i < numWorkers; ++i) {
            if (n === i) {
              continue;
            }
            var r2 = results[i];
            if (r1.st > r2.st && r1.st < r2.et || r2.st > r1.st && r2.st < r1.et) {
              overlap.push(i);
            }
          }
        }
        return overlaps.reduce(function(max, overlap2) {
          return Math.max(max, overlap2.length);
        }, 0);
      }
    };
  }
});

// node_modules/node-forge/lib/cipher.js
var require_cipher = __commonJS({
  "node_modules/node-forge/lib/cipher.js"(exports2, module2) {
    var forge2 = require_forge();
    require_util();
    module2.exports = forge2.cipher = forge2.cipher || {};
    forge2.cipher.algorithms = forge2.cipher.algorithms || {};
    forge2.cipher.createCipher = function(algorithm, key) {
      var api = algorithm;
      if (typeof api === "string") {
        api = forge2.cipher.getAlgorithm(api);
        if (api) {
          api = api();
        }
      }
      if (!api) {
        throw new Error("Unsupported algorithm: " + algorithm);
      }
      return new forge2.cipher.BlockCipher({
        algorithm: api,
        key,
        decrypt: false
      });
    };
    forge2.cipher.createDecipher = function(algorithm, key) {
      var api = algorithm;
      if (typeof api === "string") {
        api = forge2.cipher.getAlgorithm(api);
        if (api) {
          api = api();
        }
      }
      if (!api) {
        throw new Error("Unsupported algorithm: " + algorithm);
      }
      return new forge2.cipher.BlockCipher({
        algorithm: api,
        key,
        decrypt: true
      });
    };
    forge2.cipher.registerAlgorithm = function(name, algorithm) {
      name = name.toUpperCase();
      forge2.cipher.algorithms[name] = algorithm;
    };
    forge2.cipher.getAlgorithm = function(name) {
      name = name.toUpperCase();
      if (name in forge2.cipher.algorithms) {
        return forge2.cipher.algorithms[name];
      }
      return null;
    };
    var BlockCipher = forge2.cipher.BlockCipher = function(options) {
      this.algorithm = options.algorithm;
      this.mode = this.algorithm.mode;
      this.blockSize = this.mode.blockSize;
      this._finish = false;
      this._input = null;
      this.output = null;
      this._op = options.decrypt ? this.mode.decrypt : this.mode.encrypt;
      this._decrypt = options.decrypt;
      this.algorithm.initialize(options);
    };
    BlockCipher.prototype.start = function(options) {
      options = options || {};
      var opts = {};
      for (var key in options) {
        opts[key] = options[key];
      }
      opts.decrypt = this._decrypt;
      this._finish = false;
      this._input = forge2.util.createBuffer();
      this.output = options.output || forge2.util.createBuffer();
      this.mode.start(opts);
    };
    BlockCipher.prototype.update = function(input) {
      if (input) {
        this._input.putBuffer(input);
      }
      while (!this._op.call(this.mode, this._input, this.output, this._finish) && !this._finish) {
      }
      this._input.compact();
    };
    BlockCipher.prototype.finish = function(pad) {
      if (pad && (this.mode.name === "ECB" || this.mode.name === "CBC")) {
        this.mode.pad = function(input) {
          return pad(this.blockSize, input, false);
        };
        this.mode.unpad = function(output) {
          return pad(this.blockSize, output, true);
        };
      }
      var options = {};
      options.decrypt = this._decrypt;
      options.overflow = this._input.length() % this.blockSize;
      if (!this._decrypt && this.mode.pad) {
        if (!this.mode.pad(this._input, options)) {
          return false;
        }
      }
      this._finish = true;
      this.update();
      if (this._decrypt && this.mode.unpad) {
        if (!this.mode.unpad(this.output, options)) {
          return false;
        }
      }
      if (this.mode.afterFinish) {
        if (!this.mode.afterFinish(this.output, options)) {
          return false;
        }
      }
      return true;
    };
  }
});

// node_modules/node-forge/lib/cipherModes.js
var require_cipherModes = __commonJS({
  "node_modules/node-forge/lib/cipherModes.js"(exports2, module2) {
    var forge2 = require_forge();
    require_util();
    forge2.cipher = forge2.cipher || {};
    var modes = module2.exports = forge2.cipher.modes = forge2.cipher.modes || {};
    modes.ecb = function(options) {
      options = options || {};
      this.name = "ECB";
      this.cipher = options.cipher;
      this.blockSize = options.blockSize || 16;
      this._ints = this.blockSize / 4;
      this._inBlock = new Array(this._ints);
      this._outBlock = new Array(this._ints);
    };
    modes.ecb.prototype.start = function(options) {
    };
    modes.ecb.prototype.encrypt = function(input, output, finish) {
      if (input.length() < this.blockSize && !(finish && input.length() > 0)) {
        return true;
      }
      for (var i = 0; i < this._ints; ++i) {
        this._inBlock[i] = input.getInt32();
      }
      this.cipher.encrypt(this._inBlock, this._outBlock);
      for (var i = 0; i < this._ints; ++i) {
        output.putInt32(this._outBlock[i]);
      }
    };
    modes.ecb.prototype.decrypt = function(input, output, finish) {
      if (input.length() < this.blockSize && !(finish && input.length() > 0)) {
        return true;
      }
      for (var i = 0; i < this._ints; ++i) {
        this._inBlock[i] = input.getInt32();
      }
      this.cipher.decrypt(this._inBlock, this._outBlock);
      for (var i = 0; i < this._ints; ++i) {
        output.putInt32(this._outBlock[i]);
      }
    };
    modes.ecb.prototype.pad = function(input, options) {
      var padding = input.length() === this.blockSize ? this.blockSize : this.blockSize - input.length();
      input.fillWithByte(padding, padding);
      return true;
    };
    modes.ecb.prototype.unpad = function(output, options) {
      if (options.overflow > 0) {
        return false;
      }
      var len = output.length();
      if (len === 0) {
        return true;
      }
      var count = output.at(len - 1);
      if (count === 0 || count > this.blockSize || count > len) {
        return false;
      }
      for (var i = 2; i <= count; ++i) {
        if (output.at(len - i) !== count) {
          return false;
        }
      }
      output.truncate(count);
      return true;
    };
    modes.cbc = function(options) {
      options = options || {};
      this.name = "CBC";
      this.cipher = options.cipher;
      this.blockSize = options.blockSize || 16;
      this._ints = this.blockSize / 4;
      this._inBlock = new Array(this._ints);
      this._outBlock = new Array(this._ints);
    };
    modes.cbc.prototype.start = function(options) {
      if (options.iv === null) {
        if (!this._prev) {
          throw new Error("Invalid IV parameter.");
        }
        this._iv = this._prev.slice(0);
      } else if (!("iv" in options)) {
        throw new Error("Invalid IV parameter.");
      } else {
        this._iv = transformIV(options.iv, this.blockSize);
        this._prev = this._iv.slice(0);
      }
    };
    modes.cbc.prototype.encrypt = function(input, output, finish) {
      if (input.length() < this.blockSize && !(finish && input.length() > 0)) {
        return true;
      }
      for (var i = 0; i < this._ints; ++i) {
        this._inBlock[i] = this._prev[i] ^ input.getInt32();
      }
      this.cipher.encrypt(this._inBlock, this._outBlock);
      for (var i = 0; i < this._ints; ++i) {
        output.putInt32(this._outBlock[i]);
      }
      this._prev = this._outBlock;
    };
    modes.cbc.prototype.decrypt = function(input, output, finish) {
      if (input.length() < this.blockSize && !(finish && input.length() > 0)) {
        return true;
      }
      for (var i = 0; i < this._ints; ++i) {
        this._inBlock[i] = input.getInt32();
      }
      this.cipher.decrypt(this._inBlock, this._outBlock);
      for (var i = 0; i < this._ints; ++i) {
        output.putInt32(this._prev[i] ^ this._outBlock[i]);
      }
      this._prev = this._inBlock.slice(0);
    };
    modes.cbc.prototype.pad = function(input, options) {
      var padding = input.length() === this.blockSize ? this.blockSize : this.blockSize - input.length();
      input.fillWithByte(padding, padding);
      return true;
    };
    modes.cbc.prototype.unpad = function(output, options) {
      if (options.overflow > 0) {
        return false;
      }
      var len = output.length();
      if (len === 0) {
        return true;
      }
      var count = output.at(len - 1);
      if (count === 0 || count > this.blockSize || count > len) {
        return false;
      }
      for (var i = 2; i <= count; ++i) {
        if (output.at(len - i) !== count) {
          return false;
        }
      }
      output.truncate(count);
      return true;
    };
    modes.cfb = function(options) {
      options = options || {};
      this.name = "CFB";
      this.cipher = options.cipher;
      this.blockSize = options.blockSize || 16;
      this._ints = this.blockSize / 4;
      this._inBlock = null;
      this._outBlock = new Array(this._ints);
      this._partialBlock = new Array(this._ints);
      this._partialOutput = forge2.util.createBuffer();
      this._partialBytes = 0;
    };
    modes.cfb.prototype.start = function(options) {
      if (!("iv" in options)) {
        throw new Error("Invalid IV parameter.");
      }
      this._iv = transformIV(options.iv, this.blockSize);
      this._inBlock = this._iv.slice(0);
      this._partialBytes = 0;
    };
    modes.cfb.prototype.encrypt = function(input, output, finish) {
      var inputLength = input.length();
      if (inputLength === 0) {
        return true;
      }
      this.cipher.encrypt(this._inBlock, this._outBlock);
      if (this._partialBytes === 0 && inputLength >= this.blockSize) {
        for (var i = 0; i < this._ints; ++i) {
          this._inBlock[i] = input.getInt32() ^ this._outBlock[i];
          output.putInt32(this._inBlock[i]);
        }
        return;
      }
      var partialBytes = (this.blockSize - inputLength) % this.blockSize;
      if (partialBytes > 0) {
        partialBytes = this.blockSize - partialBytes;
      }
      this._partialOutput.clear();
      for (var i = 0; i < this._ints; ++i) {
        this._partialBlock[i] = input.getInt32() ^ this._outBlock[i];
        this._partialOutput.putInt32(this._partialBlock[i]);
      }
      if (partialBytes > 0) {
        input.read -= this.blockSize;
      } else {
        for (var i = 0; i < this._ints; ++i) {
          this._inBlock[i] = this._partialBlock[i];
        }
      }
      if (this._partialBytes > 0) {
        this._partialOutput.getBytes(this._partialBytes);
      }
      if (partialBytes > 0 && !finish) {
        output.putBytes(this._partialOutput.getBytes(
          partialBytes - this._partialBytes
        ));
        this._partialBytes = partialBytes;
        return true;
      }
      output.putBytes(this._partialOutput.getBytes(
        inputLength - this._partialBytes
      ));
      this._partialBytes = 0;
    };
    modes.cfb.prototype.decrypt = function(input, output, finish) {
      var inputLength = input.length();
      if (inputLength === 0) {
        return true;
      }
      this.cipher.encrypt(this._inBlock, this._outBlock);
      if (this._partialBytes === 0 && inputLength >= this.blockSize) {
        for (var i = 0; i < this._ints; ++i) {
          this._inBlock[i] = input.getInt32();
          output.putInt32(this._inBlock[i] ^ this._outBlock[i]);
        }
        return;
      }
      var partialBytes = (this.blockSize - inputLength) % this.blockSize;
      if (partialBytes > 0) {
        partialBytes = this.blockSize - partialBytes;
      }
      this._partialOutput.clear();
      for (var i = 0; i < this._ints; ++i) {
        this._partialBlock[i] = input.getInt32();
        this._partialOutput.putInt32(this._partialBlock[i] ^ this._outBlock[i]);
      }
      if (partialBytes > 0) {
        input.read -= this.blockSize;
      } else {
        for (var i = 0; i < this._ints; ++i) {
          this._inBlock[i] = this._partialBlock[i];
        }
      }
      if (this._partialBytes > 0) {
        this._partialOutput.getBytes(this._partialBytes);
      }
      if (partialBytes > 0 && !finish) {
        output.putBytes(this._partialOutput.getBytes(
          partialBytes - this._partialBytes
        ));
        this._partialBytes = partialBytes;
        return true;
      }
      output.putBytes(this._partialOutput.getBytes(
        inputLength - this._partialBytes
      ));
      this._partialBytes = 0;
    };
    modes.ofb = function(options) {
      options = options || {};
      this.name = "OFB";
      this.cipher = options.cipher;
      this.blockSize = options.blockSize || 16;
      this._ints = this.blockSize / 4;
      this._inBlock = null;
      this._outBlock = new Array(this._ints);
      this._partialOutput = forge2.util.createBuffer();
      this._partialBytes = 0;
    };
    modes.ofb.prototype.start = function(options) {
      if (!("iv" in options)) {
        throw new Error("Invalid IV parameter.");
      }
      this._iv = transformIV(options.iv, this.blockSize);
      this._inBlock = this._iv.slice(0);
      this._partialBytes = 0;
    };
    modes.ofb.prototype.encrypt = function(input, output, finish) {
      var inputLength = input.length();
      if (input.length() === 0) {
        return true;
      }
      this.cipher.encrypt(this._inBlock, this._outBlock);
      if (this._partialBytes === 0 && inputLength >= this.blockSize) {
        for (var i = 0; i < this._ints; ++i) {
          output.putInt32(input.getInt32() ^ this._outBlock[i]);
          this._inBlock[i] = this._outBlock[i];
        }
        return;
      }
      var partialBytes = (this.blockSize - inputLength) % this.blockSize;
      if (partialBytes > 0) {
        partialBytes = this.blockSize - partialBytes;
      }
      this._partialOutput.clear();
      for (var i = 0; i < this._ints; ++i) {
        this._partialOutput.putInt32(input.getInt32() ^ this._outBlock[i]);
      }
      if (partialBytes > 0) {
        input.read -= this.blockSize;
      } else {
        for (var i = 0; i < this._ints; ++i) {
          this._inBlock[i] = this._outBlock[i];
        }
      }
      if (this._partialBytes > 0) {
        this._partialOutput.getBytes(this._partialBytes);
      }
      if (partialBytes > 0 && !finish) {
        output.putBytes(this._partialOutput.getBytes(
          partialBytes - this._partialBytes
        ));
        this._partialBytes = partialBytes;
        return true;
      }
      output.putBytes(this._partialOutput.getBytes(
        inputLength - this._partialBytes
      ));
      this._partialBytes = 0;
    };
    modes.ofb.prototype.decrypt = modes.ofb.prototype.encrypt;
    modes.ctr = function(options) {
      options = options || {};
      this.name = "CTR";
      this.cipher = options.cipher;
      this.blockSize = options.blockSize || 16;
      this._ints = this.blockSize / 4;
      this._inBlock = null;
      this._outBlock = new Array(this._ints);
      this._partialOutput = forge2.util.createBuffer();
      this._partialBytes = 0;
    };
    modes.ctr.prototype.start = function(options) {
      if (!("iv" in options)) {
        throw new Error("Invalid IV parameter.");
      }
      this._iv = transformIV(options.iv, this.blockSize);
      this._inBlock = this._iv.slice(0);
      this._partialBytes = 0;
    };
    modes.ctr.prototype.encrypt = function(input, output, finish) {
      var inputLength = input.length();
      if (inputLength === 0) {
        return true;
      }
      this.cipher.encrypt(this._inBlock, this._outBlock);
      if (this._partialBytes === 0 && inputLength >= this.blockSize) {
        for (var i = 0; i < this._ints; ++i) {
          output.putInt32(input.getInt32() ^ this._outBlock[i]);
        }
      } else {
        var partialBytes = (this.blockSize - inputLength) % this.blockSize;
        if (partialBytes > 0) {
          partialBytes = this.blockSize - partialBytes;
        }
        this._partialOutput.clear();
        for (var i = 0; i < this._ints; ++i) {
          this._partialOutput.putInt32(input.getInt32() ^ this._outBlock[i]);
        }
        if (partialBytes > 0) {
          input.read -= this.blockSize;
        }
        if (this._partialBytes > 0) {
          this._partialOutput.getBytes(this._partialBytes);
        }
        if (partialBytes > 0 && !finish) {
          output.putBytes(this._partialOutput.getBytes(
            partialBytes - this._partialBytes
          ));
          this._partialBytes = partialBytes;
          return true;
        }
        output.putBytes(this._partialOutput.getBytes(
          inputLength - this._partialBytes
        ));
        this._partialBytes = 0;
      }
      inc32(this._inBlock);
    };
    modes.ctr.prototype.decrypt = modes.ctr.prototype.encrypt;
    modes.gcm = function(options) {
      options = options || {};
      this.name = "GCM";
      this.cipher = options.cipher;
      this.blockSize = options.blockSize || 16;
      this._ints = this.blockSize / 4;
      this._inBlock = new Array(this._ints);
      this._outBlock = new Array(this._ints);
      this._partialOutput = forge2.util.createBuffer();
      this._partialBytes = 0;
      this._R = 3774873600;
    };
    modes.gcm.prototype.start = function(options) {
      if (!("iv" in options)) {
        throw new Error("Invalid IV parameter.");
      }
      var iv = forge2.util.createBuffer(options.iv);
      this._cipherLength = 0;
      var additionalData;
      if ("additionalData" in options) {
        additionalData = forge2.util.createBuffer(options.additionalData);
      } else {
        additionalData = forge2.util.createBuffer();
      }
      if (options.tagLength !== void 0 && options.tagLength !== null) {
        this._tagLength = Number(options.tagLength);
      } else {
        this._tagLength = 128;
      }
      if ([128, 120, 112, 104, 96, 64, 32].indexOf(this._tagLength) === -1) {
        throw new Error("Invalid tag length.");
      }
      this._tag = null;
      if (options.decrypt) {
        this._tag = forge2.util.createBuffer(options.tag).getBytes();
        if (this._tag.length !== this._tagLength / 8) {
          throw new Error("Authentication tag does not match tag length.");
        }
      }
      this._hashBlock = new Array(this._ints);
      this.tag = null;
      this._hashSubkey = new Array(this._ints);
      this.cipher.encrypt([0, 0, 0, 0], this._hashSubkey);
      this.componentBits = 4;
      this._m = this.generateHashTable(this._hashSubkey, this.componentBits);
      var ivLength = iv.length();
      if (ivLength === 12) {
        this._j0 = [iv.getInt32(), iv.getInt32(), iv.getInt32(), 1];
      } else {
        this._j0 = [0, 0, 0, 0];
        while (iv.length() > 0) {
          this._j0 = this.ghash(
            this._hashSubkey,
            this._j0,
            [iv.getInt32(), iv.getInt32(), iv.getInt32(), iv.getInt32()]
          );
        }
        this._j0 = this.ghash(
          this._hashSubkey,
          this._j0,
          [0, 0].concat(from64To32(ivLength * 8))
        );
      }
      this._inBlock = this._j0.slice(0);
      inc32(this._inBlock);
      this._partialBytes = 0;
      additionalData = forge2.util.createBuffer(additionalData);
      this._aDataLength = from64To32(additionalData.length() * 8);
      var overflow = additionalData.length() % this.blockSize;
      if (overflow) {
        additionalData.fillWithByte(0, this.blockSize - overflow);
      }
      this._s = [0, 0, 0, 0];
      while (additionalData.length() > 0) {
        this._s = this.ghash(this._hashSubkey, this._s, [
          additionalData.getInt32(),
          additionalData.getInt32(),
          additionalData.getInt32(),
          additionalData.getInt32()
        ]);
      }
    };
    modes.gcm.prototype.encrypt = function(input, output, finish) {
      var inputLength = input.length();
      if (inputLength === 0) {
        return true;
      }
      this.cipher.encrypt(this._inBlock, this._outBlock);
      if (this._partialBytes === 0 && inputLength >= this.blockSize) {
        for (var i = 0; i < this._ints; ++i) {
          output.putInt32(this._outBlock[i] ^= input.getInt32());
        }
        this._cipherLength += this.blockSize;
      } else {
        var partialBytes = (this.blockSize - inputLength) % this.blockSize;
        if (partialBytes > 0) {
          partialBytes = this.blockSize - partialBytes;
        }
        this._partialOutput.clear();
        for (var i = 0; i < this._ints; ++i) {
          this._partialOutput.putInt32(input.getInt32() ^ this._outBlock[i]);
        }
        if (partialBytes <= 0 || finish) {
          if (finish) {
            var overflow = inputLength % this.blockSize;
            this._cipherLength += overflow;
            this._partialOutput.truncate(this.blockSize - overflow);
          } else {
            this._cipherLength += this.blockSize;
          }
          for (var i = 0; i < this._ints; ++i) {
            this._outBlock[i] = this._partialOutput.getInt32();
          }
          this._partialOutput.read -= this.blockSize;
        }
        if (this._partialBytes > 0) {
          this._partialOutput.getBytes(this._partialBytes);
        }
        if (partialBytes > 0 && !finish) {
          input.read -= this.blockSize;
          output.putBytes(this._partialOutput.getBytes(
            partialBytes - this._partialBytes
          ));
          this._partialBytes = partialBytes;
          return true;
        }
        output.putBytes(this._partialOutput.getBytes(
          inputLength - this._partialBytes
        ));
        this._partialBytes = 0;
      }
      this._s = this.ghash(this._hashSubkey, this._s, this._outBlock);
      inc32(this._inBlock);
    };
    modes.gcm.prototype.decrypt = function(input, output, finish) {
      var inputLength = input.length();
      if (inputLength < this.blockSize && !(finish && inputLength > 0)) {
        return true;
      }
      this.cipher.encrypt(this._inBlock, this._outBlock);
      inc32(this._inBlock);
      this._hashBlock[0] = input.getInt32();
      this._hashBlock[1] = input.getInt32();
      this._hashBlock[2] = input.getInt32();
      this._hashBlock[3] = input.getInt32();
      this._s = this.ghash(this._hashSubkey, this._s, this._hashBlock);
      for (var i = 0; i < this._ints; ++i) {
        output.putInt32(this._outBlock[i] ^ this._hashBlock[i]);
      }
      if (inputLength < this.blockSize) {
        this._cipherLength += inputLength % this.blockSize;
      } else {
        this._cipherLength += this.blockSize;
      }
    };
    modes.gcm.prototype.afterFinish = function(output, options) {
      var rval = true;
      if (options.decrypt && options.overflow) {
        output.truncate(this.blockSize - options.overflow);
      }
      this.tag = forge2.util.createBuffer();
      var lengths = this._aDataLength.concat(from64To32(this._cipherLength * 8));
      this._s = this.ghash(this._hashSubkey, this._s, lengths);
      var tag2 = [];
      this.cipher.encrypt(this._j0, tag2);
      for (var i = 0; i < this._ints; ++i) {
        this.tag.putInt32(this._s[i] ^ tag2[i]);
      }
      this.tag.truncate(this.tag.length() % (this._tagLength / 8));
      if (options.decrypt && this.tag.bytes() !== this._tag) {
        rval = false;
      }
      return rval;
    };
    modes.gcm.prototype.multiply = function(x, y) {
      var z_i = [0, 0, 0, 0];
      var v_i = y.slice(0);
      for (var i = 0; i < 128; ++i) {
        var x_i = x[i / 32 | 0] & 1 << 31 - i % 32;
        if (x_i) {
          z_i[0] ^= v_i[0];
          z_i[1] ^= v_i[1];
          z_i[2] ^= v_i[2];
          z_i[3] ^= v_i[3];
        }
        this.pow(v_i, v_i);
      }
      return z_i;
    };
    modes.gcm.prototype.pow = function(x, out) {
      var lsb = x[3] & 1;
      for (var i = 3; i > 0; --i) {
        out[i] = x[i] >>> 1 | (x[i - 1] & 1) << 31;
      }
      out[0] = x[0] >>> 1;
      if (lsb) {
        out[0] ^= this._R;
      }
    };
    modes.gcm.prototype.tableMultiply = function(x) {
      var z = [0, 0, 0, 0];
      for (var i = 0; i < 32; ++i) {
        var idx = i / 8 | 0;
        var x_i = x[idx] >>> (7 - i % 8) * 4 & 15;
        var ah = this._m[i][x_i];
        z[0] ^= ah[0];
        z[1] ^= ah[1];
        z[2] ^= ah[2];
        z[3] ^= ah[3];
      }
      return z;
    };
    modes.gcm.prototype.ghash = function(h, y, x) {
      y[0] ^= x[0];
      y[1] ^= x[1];
      y[2] ^= x[2];
      y[3] ^= x[3];
      return this.tableMultiply(y);
    };
    modes.gcm.prototype.generateHashTable = function(h, bits) {
      var multiplier = 8 / bits;
      var perInt = 4 * multiplier;
      var size = 16 * multiplier;
      var m = new Array(size);
      for (var i = 0; i < size; ++i) {
        var tmp = [0, 0, 0, 0];
        var idx = i / perInt | 0;
        var shft = (perInt - 1 - i % perInt) * bits;
        tmp[idx] = 1 << bits - 1 << shft;
        m[i] = this.generateSubHashTable(this.multiply(tmp, h), bits);
      }
      return m;
    };
    modes.gcm.prototype.generateSubHashTable = function(mid, bits) {
      var size = 1 << bits;
      var half = size >>> 1;
      var m = new Array(size);
      m[half] = mid.slice(0);
      var i = half >>> 1;
      while (i > 0) {
        this.pow(m[2 * i], m[i] = []);
        i >>= 1;
      }
      i = 2;
      while (i < half) {
        for (var j = 1; j < i; ++j) {
          var m_i = m[i];
          var m_j = m[j];
          m[i + j] = [
            m_i[0] ^ m_j[0],
            m_i[1] ^ m_j[1],
            m_i[2] ^ m_j[2],
            m_i[3] ^ m_j[3]
          ];
        }
        i *= 2;
      }
      m[0] = [0, 0, 0, 0];
      for (i = half + 1; i < size; ++i) {
        var c = m[i ^ half];
        m[i] = [mid[0] ^ c[0], mid[1] ^ c[1], mid[2] ^ c[2], mid[3] ^ c[3]];
      }
      return m;
    };
    function transformIV(iv, blockSize) {
      if (typeof iv === "string") {
        iv = forge2.util.createBuffer(iv);
      }
      if (forge2.util.isArray(iv) && iv.length > 4) {
        var tmp = iv;
        iv = forge2.util.createBuffer();
        for (var i = 0; i < tmp.length; ++i) {
          iv.putByte(tmp[i]);
        }
      }
      if (iv.length() < blockSize) {
        throw new Error(
          "Invalid IV length; got " + iv.length() + " bytes and expected " + blockSize + " bytes."
        );
      }
      if (!forge2.util.isArray(iv)) {
        var ints = [];
        var blocks = blockSize / 4;
        for (var i = 0; i < blocks; ++i) {
          ints.push(iv.getInt32());
        }
        iv = ints;
      }
      return iv;
    }
    function inc32(block) {
      block[block.length - 1] = block[block.length - 1] + 1 & 4294967295;
    }
    function from64To32(num) {
      return [num / 4294967296 | 0, num & 4294967295];
    }
  }
});

// node_modules/node-forge/lib/aes.js
var require_aes = __commonJS({
  "node_modules/node-forge/lib/aes.js"(exports2, module2) {
    var forge2 = require_forge();
    require_cipher();
    require_cipherModes();
    require_util();
    module2.exports = forge2.aes = forge2.aes || {};
    forge2.aes.startEncrypting = function(key, iv, output, mode) {
      var cipher = _createCipher({
        key,
        output,
        decrypt: false,
        mode
      });
      cipher.start(iv);
      return cipher;
    };
    forge2.aes.createEncryptionCipher = function(key, mode) {
      return _createCipher({
        key,
        output: null,
        decrypt: false,
        mode
      });
    };
    forge2.aes.startDecrypting = function(key, iv, output, mode) {
      var cipher = _createCipher({
        key,
        output,
        decrypt: true,
        mode
      });
      cipher.start(iv);
      return cipher;
    };
    forge2.aes.createDecryptionCipher = function(key, mode) {
      return _createCipher({
        key,
        output: null,
        decrypt: true,
        mode
      });
    };
    forge2.aes.Algorithm = function(name, mode) {
      if (!init) {
        initialize();
      }
      var self2 = this;
      self2.name = name;
      self2.mode = new mode({
        blockSize: 16,
        cipher: {
          encrypt: function(inBlock, outBlock) {
            return _updateBlock(self2._w, inBlock, outBlock, false);
          },
          decrypt: function(inBlock, outBlock) {
            return _updateBlock(self2._w, inBlock, outBlock, true);
          }
        }
      });
      self2._init = false;
    };
    forge2.aes.Algorithm.prototype.initialize = function(options) {
      if (this._init) {
        return;
      }
      var key = options.key;
      var tmp;
      if (typeof key === "string" && (key.length === 16 || key.length === 24 || key.length === 32)) {
        key = forge2.util.createBuffer(key);
      } else if (forge2.util.isArray(key) && (key.length === 16 || key.length === 24 || key.length === 32)) {
        tmp = key;
        key = forge2.util.createBuffer();
        for (var i = 0; i < tmp.length; ++i) {
          key.putByte(tmp[i]);
        }
      }
      if (!forge2.util.isArray(key)) {
        tmp = key;
        key = [];
        var len = tmp.length();
        if (len === 16 || len === 24 || len === 32) {
          len = len >>> 2;
          for (var i = 0; i < len; ++i) {
            key.push(tmp.getInt32());
          }
        }
      }
      if (!forge2.util.isArray(key) || !(key.length === 4 || key.length === 6 || key.length === 8)) {
        throw new Error("Invalid key parameter.");
      }
      var mode = this.mode.name;
      var encryptOp = ["CFB", "OFB", "CTR", "GCM"].indexOf(mode) !== -1;
      this._w = _expandKey(key, options.decrypt && !encryptOp);
      this._init = true;
    };
    forge2.aes._expandKey = function(key, decrypt2) {
      if (!init) {
        initialize();
      }
      return _expandKey(key, decrypt2);
    };
    forge2.aes._updateBlock = _updateBlock;
    registerAlgorithm("AES-ECB", forge2.cipher.modes.ecb);
    registerAlgorithm("AES-CBC", forge2.cipher.modes.cbc);
    registerAlgorithm("AES-CFB", forge2.cipher.modes.cfb);
    registerAlgorithm("AES-OFB", forge2.cipher.modes.ofb);
    registerAlgorithm("AES-CTR", forge2.cipher.modes.ctr);
    registerAlgorithm("AES-GCM", forge2.cipher.modes.gcm);
    function registerAlgorithm(name, mode) {
      var factory = function() {
        return new forge2.aes.Algorithm(name, mode);
      };
      forge2.cipher.registerAlgorithm(name, factory);
    }
    var init = false;
    var Nb = 4;
    var sbox;
    var isbox;
    var rcon;
    var mix;
    var imix;
    function initialize() {
      init = true;
      rcon = [0, 1, 2, 4, 8, 16, 32, 64, 128, 27, 54];
      var xtime = new Array(256);
      for (var i = 0; i < 128; ++i) {
        xtime[i] = i << 1;
        xtime[i + 128] = i + 128 << 1 ^ 283;
      }
      sbox = new Array(256);
      isbox = new Array(256);
      mix = new Array(4);
      imix = new Array(4);
      for (var i = 0; i < 4; ++i) {
        mix[i] = new Array(256);
        imix[i] = new Array(256);
      }
      var e = 0, ei = 0, e2, e4, e8, sx, sx2, me2, ime;
      for (var i = 0; i < 256; ++i) {
        sx = ei ^ ei << 1 ^ ei << 2 ^ ei << 3 ^ ei << 4;
        sx = sx >> 8 ^ sx & 255 ^ 99;
        sbox[e] = sx;
        isbox[sx] = e;
        sx2 = xtime[sx];
        e2 = xtime[e];
        e4 = xtime[e2];
        e8 = xtime[e4];
        me2 = sx2 << 24 ^ // 2
        sx << 16 ^ // 1
        sx << 8 ^ // 1
        (sx ^ sx2);
        ime = (e2 ^ e4 ^ e8) << 24 ^ // E (14)
        (e ^ e8) << 16 ^ // 9
        (e ^ e4 ^ e8) << 8 ^ // D (13)
        (e ^ e2 ^ e8);
        for (var n = 0; n < 4; ++n) {
          mix[n][e] = me2;
          imix[n][sx] = ime;
          me2 = me2 << 24 | me2 >>> 8;
          ime = ime << 24 | ime >>> 8;
        }
        if (e === 0) {
          e = ei = 1;
        } else {
          e = e2 ^ xtime[xtime[xtime[e2 ^ e8]]];
          ei ^= xtime[xtime[ei]];
        }
      }
    }
    function _expandKey(key, decrypt2) {
      var w = key.slice(0);
      var temp, iNk = 1;
      var Nk = w.length;
      var Nr1 = Nk + 6 + 1;
      var end = Nb * Nr1;
      for (var i = Nk; i < end; ++i) {
        temp = w[i - 1];
        if (i % Nk === 0) {
          temp = sbox[temp >>> 16 & 255] << 24 ^ sbox[temp >>> 8 & 255] << 16 ^ sbox[temp & 255] << 8 ^ sbox[temp >>> 24] ^ rcon[iNk] << 24;
          iNk++;
        } else if (Nk > 6 && i % Nk === 4) {
          temp = sbox[temp >>> 24] << 24 ^ sbox[temp >>> 16 & 255] << 16 ^ sbox[temp >>> 8 & 255] << 8 ^ sbox[temp & 255];
        }
        w[i] = w[i - Nk] ^ temp;
      }
      if (decrypt2) {
        var tmp;
        var m0 = imix[0];
        var m1 = imix[1];
        var m2 = imix[2];
        var m3 = imix[3];
        var wnew = w.slice(0);
        end = w.length;
        for (var i = 0, wi = end - Nb; i < end; i += Nb, wi -= Nb) {
          if (i === 0 || i === end - Nb) {
            wnew[i] = w[wi];
            wnew[i + 1] = w[wi + 3];
            wnew[i + 2] = w[wi + 2];
            wnew[i + 3] = w[wi + 1];
          } else {
            for (var n = 0; n < Nb; ++n) {
              tmp = w[wi + n];
              wnew[i + (3 & -n)] = m0[sbox[tmp >>> 24]] ^ m1[sbox[tmp >>> 16 & 255]] ^ m2[sbox[tmp >>> 8 & 255]] ^ m3[sbox[tmp & 255]];
            }
          }
        }
        w = wnew;
      }
      return w;
    }
    function _updateBlock(w, input, output, decrypt2) {
      var Nr = w.length / 4 - 1;
      var m0, m1, m2, m3, sub;
      if (decrypt2) {
        m0 = imix[0];
        m1 = imix[1];
        m2 = imix[2];
        m3 = imix[3];
        sub = isbox;
      } else {
        m0 = mix[0];
        m1 = mix[1];
        m2 = mix[2];
        m3 = mix[3];
        sub = sbox;
      }
      var a, b, c, d, a2, b2, c2;
      a = input[0] ^ w[0];
      b = input[decrypt2 ? 3 : 1] ^ w[1];
      c = input[2] ^ w[2];
      d = input[decrypt2 ? 1 : 3] ^ w[3];
      var i = 3;
      for (var round = 1; round < Nr; ++round) {
        a2 = m0[a >>> 24] ^ m1[b >>> 16 & 255] ^ m2[c >>> 8 & 255] ^ m3[d & 255] ^ w[++i];
        b2 = m0[b >>> 24] ^ m1[c >>> 16 & 255] ^ m2[d >>> 8 & 255] ^ m3[a & 255] ^ w[++i];
        c2 = m0[c >>> 24] ^ m1[d >>> 16 & 255] ^ m2[a >>> 8 & 255] ^ m3[b & 255] ^ w[++i];
        d = m0[d >>> 24] ^ m1[a >>> 16 & 255] ^ m2[b >>> 8 & 255] ^ m3[c & 255] ^ w[++i];
        a = a2;
        b = b2;
        c = c2;
      }
      output[0] = sub[a >>> 24] << 24 ^ sub[b >>> 16 & 255] << 16 ^ sub[c >>> 8 & 255] << 8 ^ sub[d & 255] ^ w[++i];
      output[decrypt2 ? 3 : 1] = sub[b >>> 24] << 24 ^ sub[c >>> 16 & 255] << 16 ^ sub[d >>> 8 & 255] << 8 ^ sub[a & 255] ^ w[++i];
      output[2] = sub[c >>> 24] << 24 ^ sub[d >>> 16 & 255] << 16 ^ sub[a >>> 8 & 255] << 8 ^ sub[b & 255] ^ w[++i];
      output[decrypt2 ? 1 : 3] = sub[d >>> 24] << 24 ^ sub[a >>> 16 & 255] << 16 ^ sub[b >>> 8 & 255] << 8 ^ sub[c & 255] ^ w[++i];
    }
    function _createCipher(options) {
      options = options || {};
      var mode = (options.mode || "CBC").toUpperCase();
      var algorithm = "AES-" + mode;
      var cipher;
      if (options.decrypt) {
        cipher = forge2.cipher.createDecipher(algorithm, options.key);
      } else {
        cipher = forge2.cipher.createCipher(algorithm, options.key);
      }
      var start = cipher.start;
      cipher.start = function(iv, options2) {
        var output = null;
        if (options2 instanceof forge2.util.ByteBuffer) {
          output = options2;
          options2 = {};
        }
        options2 = options2 || {};
        options2.output = output;
        options2.iv = iv;
        start.call(cipher, options2);
      };
      return cipher;
    }
  }
});

// node_modules/node-forge/lib/oids.js
var require_oids = __commonJS({
  "node_modules/node-forge/lib/oids.js"(exports2, module2) {
    var forge2 = require_forge();
    forge2.pki = forge2.pki || {};
    var oids = module2.exports = forge2.pki.oids = forge2.oids = forge2.oids || {};
    function _IN(id, name) {
      oids[id] = name;
      oids[name] = id;
    }
    function _I_(id, name) {
      oids[id] = name;
    }
    _IN("1.2.840.113549.1.1.1", "rsaEncryption");
    _IN("1.2.840.113549.1.1.4", "md5WithRSAEncryption");
    _IN("1.2.840.113549.1.1.5", "sha1WithRSAEncryption");
    _IN("1.2.840.113549.1.1.7", "RSAES-OAEP");
    _IN("1.2.840.113549.1.1.8", "mgf1");
    _IN("1.2.840.113549.1.1.9", "pSpecified");
    _IN("1.2.840.113549.1.1.10", "RSASSA-PSS");
    _IN("1.2.840.113549.1.1.11", "sha256WithRSAEncryption");
    _IN("1.2.840.113549.1.1.12", "sha384WithRSAEncryption");
    _IN("1.2.840.113549.1.1.13", "sha512WithRSAEncryption");
    _IN("1.3.101.112", "EdDSA25519");
    _IN("1.2.840.10040.4.3", "dsa-with-sha1");
    _IN("1.3.14.3.2.7", "desCBC");
    _IN("1.3.14.3.2.26", "sha1");
    _IN("1.3.14.3.2.29", "sha1WithRSASignature");
    _IN("2.16.840.1.101.3.4.2.1", "sha256");
    _IN("2.16.840.1.101.3.4.2.2", "sha384");
    _IN("2.16.840.1.101.3.4.2.3", "sha512");
    _IN("2.16.840.1.101.3.4.2.4", "sha224");
    _IN("2.16.840.1.101.3.4.2.5", "sha512-224");
    _IN("2.16.840.1.101.3.4.2.6", "sha512-256");
    _IN("1.2.840.113549.2.2", "md2");
    _IN("1.2.840.113549.2.5", "md5");
    _IN("1.2.840.113549.1.7.1", "data");
    _IN("1.2.840.113549.1.7.2", "signedData");
    _IN("1.2.840.113549.1.7.3", "envelopedData");
    _IN("1.2.840.113549.1.7.4", "signedAndEnvelopedData");
    _IN("1.2.840.113549.1.7.5", "digestedData");
    _IN("1.2.840.113549.1.7.6", "encryptedData");
    _IN("1.2.840.113549.1.9.1", "emailAddress");
    _IN("1.2.840.113549.1.9.2", "unstructuredName");
    _IN("1.2.840.113549.1.9.3", "contentType");
    _IN("1.2.840.113549.1.9.4", "messageDigest");
    _IN("1.2.840.113549.1.9.5", "signingTime");
    _IN("1.2.840.113549.1.9.6", "counterSignature");
    _IN("1.2.840.113549.1.9.7", "challengePassword");
    _IN("1.2.840.113549.1.9.8", "unstructuredAddress");
    _IN("1.2.840.113549.1.9.14", "extensionRequest");
    _IN("1.2.840.113549.1.9.20", "friendlyName");
    _IN("1.2.840.113549.1.9.21", "localKeyId");
    _IN("1.2.840.113549.1.9.22.1", "x509Certificate");
    _IN("1.2.840.113549.1.12.10.1.1", "keyBag");
    _IN("1.2.840.113549.1.12.10.1.2", "pkcs8ShroudedKeyBag");
    _IN("1.2.840.113549.1.12.10.1.3", "certBag");
    _IN("1.2.840.113549.1.12.10.1.4", "crlBag");
    _IN("1.2.840.113549.1.12.10.1.5", "secretBag");
    _IN("1.2.840.113549.1.12.10.1.6", "safeContentsBag");
    _IN("1.2.840.113549.1.5.13", "pkcs5PBES2");
    _IN("1.2.840.113549.1.5.12", "pkcs5PBKDF2");
    _IN("1.2.840.113549.1.12.1.1", "pbeWithSHAAnd128BitRC4");
    _IN("1.2.840.113549.1.12.1.2", "pbeWithSHAAnd40BitRC4");
    _IN("1.2.840.113549.1.12.1.3", "pbeWithSHAAnd3-KeyTripleDES-CBC");
    _IN("1.2.840.113549.1.12.1.4", "pbeWithSHAAnd2-KeyTripleDES-CBC");
    _IN("1.2.840.113549.1.12.1.5", "pbeWithSHAAnd128BitRC2-CBC");
    _IN("1.2.840.113549.1.12.1.6", "pbewithSHAAnd40BitRC2-CBC");
    _IN("1.2.840.113549.2.7", "hmacWithSHA1");
    _IN("1.2.840.113549.2.8", "hmacWithSHA224");
    _IN("1.2.840.113549.2.9", "hmacWithSHA256");
    _IN("1.2.840.113549.2.10", "hmacWithSHA384");
    _IN("1.2.840.113549.2.11", "hmacWithSHA512");
    _IN("1.2.840.113549.3.7", "des-EDE3-CBC");
    _IN("2.16.840.1.101.3.4.1.2", "aes128-CBC");
    _IN("2.16.840.1.101.3.4.1.22", "aes192-CBC");
    _IN("2.16.840.1.101.3.4.1.42", "aes256-CBC");
    _IN("2.5.4.3", "commonName");
    _IN("2.5.4.4", "surname");
    _IN("2.5.4.5", "serialNumber");
    _IN("2.5.4.6", "countryName");
    _IN("2.5.4.7", "localityName");
    _IN("2.5.4.8", "stateOrProvinceName");
    _IN("2.5.4.9", "streetAddress");
    _IN("2.5.4.10", "organizationName");
    _IN("2.5.4.11", "organizationalUnitName");
    _IN("2.5.4.12", "title");
    _IN("2.5.4.13", "description");
    _IN("2.5.4.15", "businessCategory");
    _IN("2.5.4.17", "postalCode");
    _IN("2.5.4.42", "givenName");
    _IN("2.5.4.65", "pseudonym");
    _IN("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionOfIncorporationStateOrProvinceName");
    _IN("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionOfIncorporationCountryName");
    _IN("2.16.840.1.113730.1.1", "nsCertType");
    _IN("2.16.840.1.113730.1.13", "nsComment");
    _I_("2.5.29.1", "authorityKeyIdentifier");
    _I_("2.5.29.2", "keyAttributes");
    _I_("2.5.29.3", "certificatePolicies");
    _I_("2.5.29.4", "keyUsageRestriction");
    _I_("2.5.29.5", "policyMapping");
    _I_("2.5.29.6", "subtreesConstraint");
    _I_("2.5.29.7", "subjectAltName");
    _I_("2.5.29.8", "issuerAltName");
    _I_("2.5.29.9", "subjectDirectoryAttributes");
    _I_("2.5.29.10", "basicConstraints");
    _I_("2.5.29.11", "nameConstraints");
    _I_("2.5.29.12", "policyConstraints");
    _I_("2.5.29.13", "basicConstraints");
    _IN("2.5.29.14", "subjectKeyIdentifier");
    _IN("2.5.29.15", "keyUsage");
    _I_("2.5.29.16", "privateKeyUsagePeriod");
    _IN("2.5.29.17", "subjectAltName");
    _IN("2.5.29.18", "issuerAltName");
    _IN("2.5.29.19", "basicConstraints");
    _I_("2.5.29.20", "cRLNumber");
    _I_("2.5.29.21", "cRLReason");
    _I_("2.5.29.22", "expirationDate");
    _I_("2.5.29.23", "instructionCode");
    _I_("2.5.29.24", "invalidityDate");
    _I_("2.5.29.25", "cRLDistributionPoints");
    _I_("2.5.29.26", "issuingDistributionPoint");
    _I_("2.5.29.27", "deltaCRLIndicator");
    _I_("2.5.29.28", "issuingDistributionPoint");
    _I_("2.5.29.29", "certificateIssuer");
    _I_("2.5.29.30", "nameConstraints");
    _IN("2.5.29.31", "cRLDistributionPoints");
    _IN("2.5.29.32", "certificatePolicies");
    _I_("2.5.29.33", "policyMappings");
    _I_("2.5.29.34", "policyConstraints");
    _IN("2.5.29.35", "authorityKeyIdentifier");
    _I_("2.5.29.36", "policyConstraints");
    _IN("2.5.29.37", "extKeyUsage");
    _I_("2.5.29.46", "freshestCRL");
    _I_("2.5.29.54", "inhibitAnyPolicy");
    _IN("1.3.6.1.4.1.11129.2.4.2", "timestampList");
    _IN("1.3.6.1.5.5.7.1.1", "authorityInfoAccess");
    _IN("1.3.6.1.5.5.7.3.1", "serverAuth");
    _IN("1.3.6.1.5.5.7.3.2", "clientAuth");
    _IN("1.3.6.1.5.5.7.3.3", "codeSigning");
    _IN("1.3.6.1.5.5.7.3.4", "emailProtection");
    _IN("1.3.6.1.5.5.7.3.8", "timeStamping");
  }
});

// node_modules/node-forge/lib/asn1.js
var require_asn1 = __commonJS({
  "node_modules/node-forge/lib/asn1.js"(exports2, module2) {
    var forge2 = require_forge();
    require_util();
    require_oids();
    var asn1 = module2.exports = forge2.asn1 = forge2.asn1 || {};
    asn1.Class = {
      UNIVERSAL: 0,
      APPLICATION: 64,
      CONTEXT_SPECIFIC: 128,
      PRIVATE: 192
    };
    asn1.Type = {
      NONE: 0,
      BOOLEAN: 1,
      INTEGER: 2,
      BITSTRING: 3,
      OCTETSTRING: 4,
      NULL: 5,
      OID: 6,
      ODESC: 7,
      EXTERNAL: 8,
      REAL: 9,
      ENUMERATED: 10,
      EMBEDDED: 11,
      UTF8: 12,
      ROID: 13,
      SEQUENCE: 16,
      SET: 17,
      PRINTABLESTRING: 19,
      IA5STRING: 22,
      UTCTIME: 23,
      GENERALIZEDTIME: 24,
      BMPSTRING: 30
    };
    asn1.maxDepth = 256;
    asn1.create = function(tagClass, type, constructed, value, options) {
      if (forge2.util.isArray(value)) {
        var tmp = [];
        for (var i = 0; i < value.length; ++i) {
          if (value[i] !== void 0) {
            tmp.push(value[i]);
          }
        }
        value = tmp;
      }
      var obj = {
        tagClass,
        type,
        constructed,
        composed: constructed || forge2.util.isArray(value),
        value
      };
      if (options && "bitStringContents" in options) {
        obj.bitStringContents = options.bitStringContents;
        obj.original = asn1.copy(obj);
      }
      return obj;
    };
    asn1.copy = function(obj, options) {
      var copy;
      if (forge2.util.isArray(obj)) {
        copy = [];
        for (var i = 0; i < obj.length; ++i) {
          copy.push(asn1.copy(obj[i], options));
        }
        return copy;
      }
      if (typeof obj === "string") {
        return obj;
      }
      copy = {
        tagClass: obj.tagClass,
        type: obj.type,
        constructed: obj.constructed,
        composed: obj.composed,
        value: asn1.copy(obj.value, options)
      };
      if (options && !options.excludeBitStringContents) {
        copy.bitStringContents = obj.bitStringContents;
      }
      return copy;
    };
    asn1.equals = function(obj1, obj2, options) {
      if (forge2.util.isArray(obj1)) {
        if (!forge2.util.isArray(obj2)) {
          return false;
        }
        if (obj1.length !== obj2.length) {
          return false;
        }
        for (var i = 0; i < obj1.length; ++i) {
          if (!asn1.equals(obj1[i], obj2[i])) {
            return false;
          }
        }
        return true;
      }
      if (typeof obj1 !== typeof obj2) {
        return false;
      }
      if (typeof obj1 === "string") {
        return obj1 === obj2;
      }
      var equal = obj1.tagClass === obj2.tagClass && obj1.type === obj2.type && obj1.constructed === obj2.constructed && obj1.composed === obj2.composed && asn1.equals(obj1.value, obj2.value);
      if (options && options.includeBitStringContents) {
        equal = equal && obj1.bitStringContents === obj2.bitStringContents;
      }
      return equal;
    };
    asn1.getBerValueLength = function(b) {
      var b2 = b.getByte();
      if (b2 === 128) {
        return void 0;
      }
      var length;
      var longForm = b2 & 128;
      if (!longForm) {
        length = b2;
      } else {
        length = b.getInt((b2 & 127) << 3);
      }
      return length;
    };
    function _checkBufferLength(bytes, remaining, n) {
      if (n > remaining) {
        var error = new Error("Too few bytes to parse DER.");
        error.available = bytes.length();
        error.remaining = remaining;
        error.requested = n;
        throw error;
      }
    }
    var _getValueLength = function(bytes, remaining) {
      var b2 = bytes.getByte();
      remaining--;
      if (b2 === 128) {
        return void 0;
      }
      var length;
      var longForm = b2 & 128;
      if (!longForm) {
        length = b2;
      } else {
        var longFormBytes = b2 & 127;
        _checkBufferLength(bytes, remaining, longFormBytes);
        length = bytes.getInt(longFormBytes << 3);
      }
      if (length < 0) {
        throw new Error("Negative length: " + length);
      }
      return length;
    };
    asn1.fromDer = function(bytes, options) {
      if (options === void 0) {
        options = {
          strict: true,
          parseAllBytes: true,
          decodeBitStrings: true
        };
      }
      if (typeof options === "boolean") {
        options = {
          strict: options,
          parseAllBytes: true,
          decodeBitStrings: true
        };
      }
      if (!("strict" in options)) {
        options.strict = true;
      }
      if (!("parseAllBytes" in options)) {
        options.parseAllBytes = true;
      }
      if (!("decodeBitStrings" in options)) {
        options.decodeBitStrings = true;
      }
      if (!("maxDepth" in options)) {
        options.maxDepth = asn1.maxDepth;
      }
      if (typeof bytes === "string") {
        bytes = forge2.util.createBuffer(bytes);
      }
      var byteCount = bytes.length();
      var value = _fromDer(bytes, bytes.length(), 0, options);
      if (options.parseAllBytes && bytes.length() !== 0) {
        var error = new Error("Unparsed DER bytes remain after ASN.1 parsing.");
        error.byteCount = byteCount;
        error.remaining = bytes.length();
        throw error;
      }
      return value;
    };
    function _fromDer(bytes, remaining, depth, options) {
      if (depth >= options.maxDepth) {
        throw new Error("ASN.1 parsing error: Max depth exceeded.");
      }
      var start;
      _checkBufferLength(bytes, remaining, 2);
      var b1 = bytes.getByte();
      remaining--;
      var tagClass = b1 & 192;
      var type = b1 & 31;
      start = bytes.length();
      var length = _getValueLength(bytes, remaining);
      remaining -= start - bytes.length();
      if (length !== void 0 && length > remaining) {
        if (options.strict) {
          var error = new Error("Too few bytes to read ASN.1 value.");
          error.available = bytes.length();
          error.remaining = remaining;
          error.requested = length;
          throw error;
        }
        length = remaining;
      }
      var value;
      var bitStringContents;
      var constructed = (b1 & 32) === 32;
      if (constructed) {
        value = [];
        if (length === void 0) {
          for (; ; ) {
            _checkBufferLength(bytes, remaining, 2);
            if (bytes.bytes(2) === String.fromCharCode(0, 0)) {
              bytes.getBytes(2);
              remaining -= 2;
              break;
            }
            start = bytes.length();
            value.push(_fromDer(bytes, remaining, depth + 1, options));
            remaining -= start - bytes.length();
          }
        } else {
          while (length > 0) {
            start = bytes.length();
            value.push(_fromDer(bytes, length, depth + 1, options));
            remaining -= start - bytes.length();
            length -= start - bytes.length();
          }
        }
      }
      if (value === void 0 && tagClass === asn1.Class.UNIVERSAL && type === asn1.Type.BITSTRING) {
        bitStringContents = bytes.bytes(length);
      }
      if (value === void 0 && options.decodeBitStrings && tagClass === asn1.Class.UNIVERSAL && // FIXME: OCTET STRINGs not yet supported here
      // .. other parts of forge expect to decode OCTET STRINGs manually
      type === asn1.Type.BITSTRING && length > 1) {
        var savedRead = bytes.read;
        var savedRemaining = remaining;
        var unused = 0;
        if (type === asn1.Type.BITSTRING) {
          _checkBufferLength(bytes, remaining, 1);
          unused = bytes.getByte();
          remaining--;
        }
        if (unused === 0) {
          try {
            start = bytes.length();
            var subOptions = {
              // enforce strict mode to avoid parsing ASN.1 from plain data
              strict: true,
              // only decode one level of BIT STRINGs, nested decoding has
              // quadratic cost due to copies for change detection
              decodeBitStrings: false,
              maxDepth: options.maxDepth
            };
            var composed = _fromDer(bytes, remaining, depth + 1, subOptions);
            var used = start - bytes.length();
            remaining -= used;
            if (type == asn1.Type.BITSTRING) {
              used++;
            }
            var tc = composed.tagClass;
            if (used === length && (tc === asn1.Class.UNIVERSAL || tc === asn1.Class.CONTEXT_SPECIFIC)) {
              value = [composed];
            }
          } catch (ex) {
          }
        }
        if (value === void 0) {
          bytes.read = savedRead;
          remaining = savedRemaining;
        }
      }
      if (value === void 0) {
        if (length === void 0) {
          if (options.strict) {
            throw new Error("Non-constructed ASN.1 object of indefinite length.");
          }
          length = remaining;
        }
        if (type === asn1.Type.BMPSTRING) {
          value = "";
          for (; length > 0; length -= 2) {
            _checkBufferLength(bytes, remaining, 2);
            value += String.fromCharCode(bytes.getInt16());
            remaining -= 2;
          }
        } else {
          value = bytes.getBytes(length);
          remaining -= length;
        }
      }
      var asn1Options = bitStringContents === void 0 ? null : {
        bitStringContents
      };
      return asn1.create(tagClass, type, constructed, value, asn1Options);
    }
    asn1.toDer = function(obj) {
      var bytes = forge2.util.createBuffer();
      var b1 = obj.tagClass | obj.type;
      var value = forge2.util.createBuffer();
      var useBitStringContents = false;
      if ("bitStringContents" in obj) {
        useBitStringContents = true;
        if (obj.original) {
          useBitStringContents = asn1.equals(obj, obj.original);
        }
      }
      if (useBitStringContents) {
        value.putBytes(obj.bitStringContents);
      } else if (obj.composed) {
        if (obj.constructed) {
          b1 |= 32;
        } else {
          value.putByte(0);
        }
        for (var i = 0; i < obj.value.length; ++i) {
          if (obj.value[i] !== void 0) {
            value.putBuffer(asn1.toDer(obj.value[i]));
          }
        }
      } else {
        if (obj.type === asn1.Type.BMPSTRING) {
          for (var i = 0; i < obj.value.length; ++i) {
            value.putInt16(obj.value.charCodeAt(i));
          }
        } else {
          if (obj.type === asn1.Type.INTEGER && obj.value.length > 1 && // leading 0x00 for positive integer
          (obj.value.charCodeAt(0) === 0 && (obj.value.charCodeAt(1) & 128) === 0 || // leading 0xFF for negative integer
          obj.value.charCodeAt(0) === 255 && (obj.value.charCodeAt(1) & 128) === 128)) {
            value.putBytes(obj.value.substr(1));
          } else {
            value.putBytes(obj.value);
          }
        }
      }
      bytes.putByte(b1);
      if (value.length() <= 127) {
        bytes.putByte(value.length() & 127);
      } else {
        var len = value.length();
        var lenBytes = "";
        do {
          lenBytes += String.fromCharCode(len & 255);
          len = len >>> 8;
        } while (len > 0);
        bytes.putByte(lenBytes.length | 128);
        for (var i = lenBytes.length - 1; i >= 0; --i) {
          bytes.putByte(lenBytes.charCodeAt(i));
        }
      }
      bytes.putBuffer(value);
      return bytes;
    };
    asn1.oidToDer = function(oid) {
      var values = oid.split(".");
      var bytes = forge2.util.createBuffer();
      var first = parseInt(values[0], 10);
      var second = parseInt(values[1], 10);
      if (!(first >= 0 && first <= 2 && second >= 0) || first < 2 && second > 39) {
        throw new Error("Invalid OID; the first two arcs are out of range.");
      }
      var last, valueBytes, value, b;
      for (var i = 1; i < values.length; ++i) {
        last = true;
        valueBytes = [];
        value = i === 1 ? 40 * first + second : parseInt(values[i], 10);
        if (value > 4294967295) {
          throw new Error("OID value too large; max is 32-bits.");
        }
        do {
          b = value & 127;
          value = value >>> 7;
          if (!last) {
            b |= 128;
          }
          valueBytes.push(b);
          last = false;
        } while (value > 0);
        for (var n = valueBytes.length - 1; n >= 0; --n) {
          bytes.putByte(valueBytes[n]);
        }
      }
      return bytes;
    };
    asn1.derToOid = function(bytes) {
      var oid;
      if (typeof bytes === "string") {
        bytes = forge2.util.createBuffer(bytes);
      }
      var b;
      var value = 0;
      var first = true;
      while (bytes.length() > 0) {
        if (value > 70368744177663) {
          throw new Error("OID value too large; max is 53-bits.");
        }
        b = bytes.getByte();
        value = value * 128;
        if (b & 128) {
          value += b & 127;
        } else {
          value += b;
          if (first) {
            oid = value < 80 ? Math.floor(value / 40) + "." + value % 40 : "2." + (value - 80);
            first = false;
          } else {
            oid += "." + value;
          }
          value = 0;
        }
      }
      return oid;
    };
    asn1.utcTimeToDate = function(utc) {
      var date = /* @__PURE__ */ new Date();
      var year = parseInt(utc.substr(0, 2), 10);
      year = year >= 50 ? 1900 + year : 2e3 + year;
      var MM = parseInt(utc.substr(2, 2), 10) - 1;
      var DD = parseInt(utc.substr(4, 2), 10);
      var hh = parseInt(utc.substr(6, 2), 10);
      var mm = parseInt(utc.substr(8, 2), 10);
      var ss = 0;
      if (utc.length > 11) {
        var c = utc.charAt(10);
        var end = 10;
        if (c !== "+" && c !== "-") {
          ss = parseInt(utc.substr(10, 2), 10);
          end += 2;
        }
      }
      date.setUTCFullYear(year, MM, DD);
      date.setUTCHours(hh, mm, ss, 0);
      if (end) {
        c = utc.charAt(end);
        if (c === "+" || c === "-") {
          var hhoffset = parseInt(utc.substr(end + 1, 2), 10);
          var mmoffset = parseInt(utc.substr(end + 4, 2), 10);
          var offset = hhoffset * 60 + mmoffset;
          offset *= 6e4;
          if (c === "+") {
            date.setTime(+date - offset);
          } else {
            date.setTime(+date + offset);
          }
        }
      }
      return date;
    };
    asn1.generalizedTimeToDate = function(gentime) {
      var date = /* @__PURE__ */ new Date();
      var YYYY = parseInt(gentime.substr(0, 4), 10);
      var MM = parseInt(gentime.substr(4, 2), 10) - 1;
      var DD = parseInt(gentime.substr(6, 2), 10);
      var hh = parseInt(gentime.substr(8, 2), 10);
      var mm = parseInt(gentime.substr(10, 2), 10);
      var ss = parseInt(gentime.substr(12, 2), 10);
      var fff = 0;
      var offset = 0;
      var isUTC = false;
      if (gentime.charAt(gentime.length - 1) === "Z") {
        isUTC = true;
      }
      var end = gentime.length - 5, c = gentime.charAt(end);
      if (c === "+" || c === "-") {
        var hhoffset = parseInt(gentime.substr(end + 1, 2), 10);
        var mmoffset = parseInt(gentime.substr(end + 4, 2), 10);
        offset = hhoffset * 60 + mmoffset;
        offset *= 6e4;
        if (c === "+") {
          offset *= -1;
        }
        isUTC = true;
      }
      if (gentime.charAt(14) === ".") {
        fff = parseFloat(gentime.substr(14), 10) * 1e3;
      }
      if (isUTC) {
        date.setUTCFullYear(YYYY, MM, DD);
        date.setUTCHours(hh, mm, ss, fff);
        date.setTime(+date + offset);
      } else {
        date.setFullYear(YYYY, MM, DD);
        date.setHours(hh, mm, ss, fff);
      }
      return date;
    };
    asn1.dateToUtcTime = function(date) {
      if (typeof date === "string") {
        return date;
      }
      var rval = "";
      var format = [];
      format.push(("" + date.getUTCFullYear()).substr(2));
      format.push("" + (date.getUTCMonth() + 1));
      format.push("" + date.getUTCDate());
      format.push("" + date.getUTCHours());
      format.push("" + date.getUTCMinutes());
      format.push("" + date.getUTCSeconds());
      for (var i = 0; i < format.length; ++i) {
        if (format[i].length < 2) {
          rval += "0";
        }
        rval += format[i];
      }
      rval += "Z";
      return rval;
    };
    asn1.dateToGeneralizedTime = function(date) {
      if (typeof date === "string") {
        return date;
      }
      var rval = "";
      var format = [];
      format.push("" + date.getUTCFullYear());
      format.push("" + (date.getUTCMonth() + 1));
      format.push("" + date.getUTCDate());
      format.push("" + date.getUTCHours());
      format.push("" + date.getUTCMinutes());
      format.push("" + date.getUTCSeconds());
      for (var i = 0; i < format.length; ++i) {
        if (format[i].length < 2) {
          rval += "0";
        }
        rval += format[i];
      }
      rval += "Z";
      return rval;
    };
    asn1.integerToDer = function(x) {
      var rval = forge2.util.createBuffer();
      if (x >= -128 && x < 128) {
        return rval.putSignedInt(x, 8);
      }
      if (x >= -32768 && x < 32768) {
        return rval.putSignedInt(x, 16);
      }
      if (x >= -8388608 && x < 8388608) {
        return rval.putSignedInt(x, 24);
      }
      if (x >= -2147483648 && x < 2147483648) {
        return rval.putSignedInt(x, 32);
      }
      var error = new Error("Integer too large; max is 32-bits.");
      error.integer = x;
      throw error;
    };
    asn1.derToInteger = function(bytes) {
      if (typeof bytes === "string") {
        bytes = forge2.util.createBuffer(bytes);
      }
      var n = bytes.length() * 8;
      if (n > 32) {
        throw new Error("Integer too large; max is 32-bits.");
      }
      return bytes.getSignedInt(n);
    };
    asn1.validate = function(obj, v, capture, errors) {
      var rval = false;
      if ((obj.tagClass === v.tagClass || typeof v.tagClass === "undefined") && (obj.type === v.type || typeof v.type === "undefined")) {
        if (obj.constructed === v.constructed || typeof v.constructed === "undefined") {
          rval = true;
          if (v.value && forge2.util.isArray(v.value)) {
            var j = 0;
            for (var i = 0; rval && i < v.value.length; ++i) {
              var schemaItem = v.value[i];
              rval = !!schemaItem.optional;
              var objChild = obj.value[j];
              if (!objChild) {
                if (!schemaItem.optional) {
                  rval = false;
                  if (errors) {
                    errors.push("[" + v.name + '] Missing required element. Expected tag class "' + schemaItem.tagClass + '", type "' + schemaItem.type + '"');
                  }
                }
                continue;
              }
              var schemaHasTag = typeof schemaItem.tagClass !== "undefined" && typeof schemaItem.type !== "undefined";
              if (schemaHasTag && (objChild.tagClass !== schemaItem.tagClass || objChild.type !== schemaItem.type)) {
                if (schemaItem.optional) {
                  rval = true;
                  continue;
                } else {
                  rval = false;
                  if (errors) {
                    errors.push("[" + v.name + "] Tag mismatch. Expected (" + schemaItem.tagClass + "," + schemaItem.type + "), got (" + objChild.tagClass + "," + objChild.type + ")");
                  }
                  break;
                }
              }
              var childRval = asn1.validate(objChild, schemaItem, capture, errors);
              if (childRval) {
                ++j;
                rval = true;
              } else if (schemaItem.optional) {
                rval = true;
              } else {
                rval = false;
                break;
              }
            }
          }
          if (rval && capture) {
            if (v.capture) {
              capture[v.capture] = obj.value;
            }
            if (v.captureAsn1) {
              capture[v.captureAsn1] = obj;
            }
            if (v.captureBitStringContents && "bitStringContents" in obj) {
              capture[v.captureBitStringContents] = obj.bitStringContents;
            }
            if (v.captureBitStringValue && "bitStringContents" in obj) {
              var value;
              if (obj.bitStringContents.length < 2) {
                capture[v.captureBitStringValue] = "";
              } else {
                var unused = obj.bitStringContents.charCodeAt(0);
                if (unused !== 0) {
                  throw new Error(
                    "captureBitStringValue only supported for zero unused bits"
                  );
                }
                capture[v.captureBitStringValue] = obj.bitStringContents.slice(1);
              }
            }
          }
        } else if (errors) {
          errors.push(
            "[" + v.name + '] Expected constructed "' + v.constructed + '", got "' + obj.constructed + '"'
          );
        }
      } else if (errors) {
        if (obj.tagClass !== v.tagClass) {
          errors.push(
            "[" + v.name + '] Expected tag class "' + v.tagClass + '", got "' + obj.tagClass + '"'
          );
        }
        if (obj.type !== v.type) {
          errors.push(
            "[" + v.name + '] Expected type "' + v.type + '", got "' + obj.type + '"'
          );
        }
      }
      return rval;
    };
    var _nonLatinRegex = /[^\\u0000-\\u00ff]/;
    asn1.prettyPrint = function(obj, level, indentation) {
      var rval = "";
      level = level || 0;
      indentation = indentation || 2;
      if (level > 0) {
        rval += "\n";
      }
      var indent = "";
      for (var i = 0; i < level * indentation; ++i) {
        indent += " ";
      }
      rval += indent + "Tag: ";
      switch (obj.tagClass) {
        case asn1.Class.UNIVERSAL:
          rval += "Universal:";
          break;
        case asn1.Class.APPLICATION:
          rval += "Application:";
          break;
        case asn1.Class.CONTEXT_SPECIFIC:
          rval += "Context-Specific:";
          break;
        case asn1.Class.PRIVATE:
          rval += "Private:";
          break;
      }
      if (obj.tagClass === asn1.Class.UNIVERSAL) {
        rval += obj.type;
        switch (obj.type) {
          case asn1.Type.NONE:
            rval += " (None)";
            break;
          case asn1.Type.BOOLEAN:
            rval += " (Boolean)";
            break;
          case asn1.Type.INTEGER:
            rval += " (Integer)";
            break;
          case asn1.Type.BITSTRING:
            rval += " (Bit string)";
            break;
          case asn1.Type.OCTETSTRING:
            rval += " (Octet string)";
            break;
          case asn1.Type.NULL:
            rval += " (Null)";
            break;
          case asn1.Type.OID:
            rval += " (Object Identifier)";
            break;
          case asn1.Type.ODESC:
            rval += " (Object Descriptor)";
            break;
          case asn1.Type.EXTERNAL:
            rval += " (External or Instance of)";
            break;
          case asn1.Type.REAL:
            rval += " (Real)";
            break;
          case asn1.Type.ENUMERATED:
            rval += " (Enumerated)";
            break;
          case asn1.Type.EMBEDDED:
            rval += " (Embedded PDV)";
            break;
          case asn1.Type.UTF8:
            rval += " (UTF8)";
            break;
          case asn1.Type.ROID:
            rval += " (Relative Object Identifier)";
            break;
          case asn1.Type.SEQUENCE:
            rval += " (Sequence)";
            break;
          case asn1.Type.SET:
            rval += " (Set)";
            break;
          case asn1.Type.PRINTABLESTRING:
            rval += " (Printable String)";
            break;
          case asn1.Type.IA5String:
            rval += " (IA5String (ASCII))";
            break;
          case asn1.Type.UTCTIME:
            rval += " (UTC time)";
            break;
          case asn1.Type.GENERALIZEDTIME:
            rval += " (Generalized time)";
            break;
          case asn1.Type.BMPSTRING:
            rval += " (BMP String)";
            break;
        }
      } else {
        rval += obj.type;
      }
      rval += "\n";
      rval += indent + "Constructed: " + obj.constructed + "\n";
      if (obj.composed) {
        var subvalues = 0;
        var sub = "";
        for (var i = 0; i < obj.value.length; ++i) {
          if (obj.value[i] !== void 0) {
            subvalues += 1;
            sub += asn1.prettyPrint(obj.value[i], level + 1, indentation);
            if (i + 1 < obj.value.length) {
              sub += ",";
            }
          }
        }
        rval += indent + "Sub values: " + subvalues + sub;
      } else {
        rval += indent + "Value: ";
        if (obj.type === asn1.Type.OID) {
          var oid = asn1.derToOid(obj.value);
          rval += oid;
          if (forge2.pki && forge2.pki.oids) {
            if (oid in forge2.pki.oids) {
              rval += " (" + forge2.pki.oids[oid] + ") ";
            }
          }
        }
        if (obj.type === asn1.Type.INTEGER) {
          try {
            rval += asn1.derToInteger(obj.value);
          } catch (ex) {
            rval += "0x" + forge2.util.bytesToHex(obj.value);
          }
        } else if (obj.type === asn1.Type.BITSTRING) {
          if (obj.value.length > 1) {
            rval += "0x" + forge2.util.bytesToHex(obj.value.slice(1));
          } else {
            rval += "(none)";
          }
          if (obj.value.length > 0) {
            var unused = obj.value.charCodeAt(0);
            if (unused == 1) {
              rval += " (1 unused bit shown)";
            } else if (unused > 1) {
              rval += " (" + unused + " unused bits shown)";
            }
          }
        } else if (obj.type === asn1.Type.OCTETSTRING) {
          if (!_nonLatinRegex.test(obj.value)) {
            rval += "(" + obj.value + ") ";
          }
          rval += "0x" + forge2.util.bytesToHex(obj.value);
        } else if (obj.type === asn1.Type.UTF8) {
          try {
            rval += forge2.util.decodeUtf8(obj.value);
          } catch (e) {
            if (e.message === "URI malformed") {
              rval += "0x" + forge2.util.bytesToHex(obj.value) + " (malformed UTF8)";
            } else {
              throw e;
            }
          }
        } else if (obj.type === asn1.Type.PRINTABLESTRING || obj.type === asn1.Type.IA5String) {
          rval += obj.value;
        } else if (_nonLatinRegex.test(obj.value)) {
          rval += "0x" + forge2.util.bytesToHex(obj.value);
        } else if (obj.value.length === 0) {
          rval += "[null]";
        } else {
          rval += obj.value;
        }
      }
      return rval;
    };
  }
});

// node_modules/node-forge/lib/des.js
var require_des = __commonJS({
  "node_modules/node-forge/lib/des.js"(exports2, module2) {
    var forge2 = require_forge();
    require_cipher();
    require_cipherModes();
    require_util();
    module2.exports = forge2.des = forge2.des || {};
    forge2.des.startEncrypting = function(key, iv, output, mode) {
      var cipher = _createCipher({
        key,
        output,
        decrypt: false,
        mode: mode || (iv === null ? "ECB" : "CBC")
      });
      cipher.start(iv);
      return cipher;
    };
    forge2.des.createEncryptionCipher = function(key, mode) {
      return _createCipher({
        key,
        output: null,
        decrypt: false,
        mode
      });
    };
    forge2.des.startDecrypting = function(key, iv, output, mode) {
      var cipher = _createCipher({
        key,
        output,
        decrypt: true,
        mode: mode || (iv === null ? "ECB" : "CBC")
      });
      cipher.start(iv);
      return cipher;
    };
    forge2.des.createDecryptionCipher = function(key, mode) {
      return _createCipher({
        key,
        output: null,
        decrypt: true,
        mode
      });
    };
    forge2.des.Algorithm = function(name, mode) {
      var self2 = this;
      self2.name = name;
      self2.mode = new mode({
        blockSize: 8,
        cipher: {
          encrypt: function(inBlock, outBlock) {
            return _updateBlock(self2._keys, inBlock, outBlock, false);
          },
          decrypt: function(inBlock, outBlock) {
            return _updateBlock(self2._keys, inBlock, outBlock, true);
          }
        }
      });
      self2._init = false;
    };
    forge2.des.Algorithm.prototype.initialize = function(options) {
      if (this._init) {
        return;
      }
      var key = forge2.util.createBuffer(options.key);
      if (this.name.indexOf("3DES") === 0) {
        if (key.length() !== 24) {
          throw new Error("Invalid Triple-DES key size: " + key.length() * 8);
        }
      }
      this._keys = _createKeys(key);
      this._init = true;
    };
    registerAlgorithm("DES-ECB", forge2.cipher.modes.ecb);
    registerAlgorithm("DES-CBC", forge2.cipher.modes.cbc);
    registerAlgorithm("DES-CFB", forge2.cipher.modes.cfb);
    registerAlgorithm("DES-OFB", forge2.cipher.modes.ofb);
    registerAlgorithm("DES-CTR", forge2.cipher.modes.ctr);
    registerAlgorithm("3DES-ECB", forge2.cipher.modes.ecb);
    registerAlgorithm("3DES-CBC", forge2.cipher.modes.cbc);
    registerAlgorithm("3DES-CFB", forge2.cipher.modes.cfb);
    registerAlgorithm("3DES-OFB", forge2.cipher.modes.ofb);
    registerAlgorithm("3DES-CTR", forge2.cipher.modes.ctr);
    function registerAlgorithm(name, mode) {
      var factory = function() {
        return new forge2.des.Algorithm(name, mode);
      };
      forge2.cipher.registerAlgorithm(name, factory);
    }
    var spfunction1 = [16843776, 0, 65536, 16843780, 16842756, 66564, 4, 65536, 1024, 16843776, 16843780, 1024, 16778244, 16842756, 16777216, 4, 1028, 16778240, 16778240, 66560, 66560, 16842752, 16842752, 16778244, 65540, 16777220, 16777220, 65540, 0, 1028, 66564, 16777216, 65536, 16843780, 4, 16842752, 16843776, 16777216, 16777216, 1024, 16842756, 65536, 66560, 16777220, 1024, 4, 16778244, 66564, 16843780, 65540, 16842752, 16778244, 16777220, 1028, 66564, 16843776, 1028, 16778240, 16778240, 0, 65540, 66560, 0, 16842756];
    var spfunction2 = [-2146402272, -2147450880, 32768, 1081376, 1048576, 32, -2146435040, -2147450848, -2147483616, -2146402272, -2146402304, -2147483648, -2147450880, 1048576, 32, -2146435040, 1081344, 1048608, -2147450848, 0, -2147483648, 32768, 1081376, -2146435072, 1048608, -2147483616, 0, 1081344, 32800, -2146402304, -2146435072, 32800, 0, 1081376, -2146435040, 1048576, -2147450848, -2146435072, -2146402304, 32768, -2146435072, -2147450880, 32, -2146402272, 1081376, 32, 32768, -2147483648, 32800, -2146402304, 1048576, -2147483616, 1048608, -2147450848, -2147483616, 1048608, 1081344, 0, -2147450880, 32800, -2147483648, -2146435040, -2146402272, 1081344];
    var spfunction3 = [520, 134349312, 0, 134348808, 134218240, 0, 131592, 134218240, 131080, 134217736, 134217736, 131072, 134349320, 131080, 134348800, 520, 134217728, 8, 134349312, 512, 131584, 134348800, 134348808, 131592, 134218248, 131584, 131072, 134218248, 8, 134349320, 512, 134217728, 134349312, 134217728, 131080, 520, 131072, 134349312, 134218240, 0, 512, 131080, 134349320, 134218240, 134217736, 512, 0, 134348808, 134218248, 131072, 134217728, 134349320, 8, 131592, 131584, 134217736, 134348800, 134218248, 520, 134348800, 131592, 8, 134348808, 131584];
    var spfunction4 = [8396801, 8321, 8321, 128, 8396928, 8388737, 8388609, 8193, 0, 8396800, 8396800, 8396929, 129, 0, 8388736, 8388609, 1, 8192, 8388608, 8396801, 128, 8388608, 8193, 8320, 8388737, 1, 8320, 8388736, 8192, 8396928, 8396929, 129, 8388736, 8388609, 8396800, 8396929, 129, 0, 0, 8396800, 8320, 8388736, 8388737, 1, 8396801, 8321, 8321, 128, 8396929, 129, 1, 8192, 8388609, 8193, 8396928, 8388737, 8193, 8320, 8388608, 8396801, 128, 8388608, 8192, 8396928];
    var spfunction5 = [256, 34078976, 34078720, 1107296512, 524288, 256, 1073741824, 34078720, 1074266368, 524288, 33554688, 1074266368, 1107296512, 1107820544, 524544, 1073741824, 33554432, 1074266112, 1074266112, 0, 1073742080, 1107820800, 1107820800, 33554688, 1107820544, 1073742080, 0, 1107296256, 34078976, 33554432, 1107296256, 524544, 524288, 1107296512, 256, 33554432, 1073741824, 34078720, 1107296512, 1074266368, 33554688, 1073741824, 1107820544, 34078976, 1074266368, 256, 33554432, 1107820544, 1107820800, 524544, 1107296256, 1107820800, 34078720, 0, 1074266112, 1107296256, 524544, 33554688, 1073742080, 524288, 0, 1074266112, 34078976, 1073742080];
    var spfunction6 = [536870928, 541065216, 16384, 541081616, 541065216, 16, 541081616, 4194304, 536887296, 4210704, 4194304, 536870928, 4194320, 536887296, 536870912, 16400, 0, 4194320, 536887312, 16384, 4210688, 536887312, 16, 541065232, 541065232, 0, 4210704, 541081600, 16400, 4210688, 541081600, 536870912, 536887296, 16, 541065232, 4210688, 541081616, 4194304, 16400, 536870928, 4194304, 536887296, 536870912, 16400, 536870928, 541081616, 4210688, 541065216, 4210704, 541081600, 0, 541065232, 16, 16384, 541065216, 4210704, 16384, 4194320, 536887312, 0, 541081600, 536870912, 4194320, 536887312];
    var spfunction7 = [2097152, 69206018, 67110914, 0, 2048, 67110914, 2099202, 69208064, 69208066, 2097152, 0, 67108866, 2, 67108864, 69206018, 2050, 67110912, 2099202, 2097154, 67110912, 67108866, 69206016, 69208064, 2097154, 69206016, 2048, 2050, 69208066, 2099200, 2, 67108864, 2099200, 67108864, 2099200, 2097152, 67110914, 67110914, 69206018, 69206018, 2, 2097154, 67108864, 67110912, 2097152, 69208064, 2050, 2099202, 69208064, 2050, 67108866, 69208066, 69206016, 2099200, 0, 2, 69208066, 0, 2099202, 69206016, 2048, 67108866, 67110912, 2048, 2097154];
    var spfunction8 = [268439616, 4096, 262144, 268701760, 268435456, 268439616, 64, 268435456, 262208, 268697600, 268701760, 266240, 268701696, 266304, 4096, 64, 268697600, 268435520, 268439552, 4160, 266240, 262208, 268697664, 268701696, 4160, 0, 0, 268697664, 268435520, 268439552, 266304, 262144, 266304, 262144, 268701696, 4096, 64, 268697664, 4096, 266304, 268439552, 64, 268435520, 268697600, 268697664, 268435456, 262144, 268439616, 0, 268701760, 262208, 268435520, 268697600, 268439552, 268439616, 0, 268701760, 266240, 266240, 4160, 4160, 262208, 268435456, 268701696];
    function _createKeys(key) {
      var pc2bytes0 = [0, 4, 536870912, 536870916, 65536, 65540, 536936448, 536936452, 512, 516, 536871424, 536871428, 66048, 66052, 536936960, 536936964], pc2bytes1 = [0, 1, 1048576, 1048577, 67108864, 67108865, 68157440, 68157441, 256, 257, 1048832, 1048833, 67109120, 67109121, 68157696, 68157697], pc2bytes2 = [0, 8, 2048, 2056, 16777216, 16777224, 16779264, 16779272, 0, 8, 2048, 2056, 16777216, 16777224, 16779264, 16779272], pc2bytes3 = [0, 2097152, 134217728, 136314880, 8192, 2105344, 134225920, 136323072, 131072, 2228224, 134348800, 136445952, 139264, 2236416, 134356992, 136454144], pc2bytes4 = [0, 262144, 16, 262160, 0, 262144, 16, 262160, 4096, 266240, 4112, 266256, 4096, 266240, 4112, 266256], pc2bytes5 = [0, 1024, 32, 1056, 0, 1024, 32, 1056, 33554432, 33555456, 33554464, 33555488, 33554432, 33555456, 33554464, 33555488], pc2bytes6 = [0, 268435456, 524288, 268959744, 2, 268435458, 524290, 268959746, 0, 268435456, 524288, 268959744, 2, 268435458, 524290, 268959746], pc2bytes7 = [0, 65536, 2048, 67584, 536870912, 536936448, 536872960, 536938496, 131072, 196608, 133120, 198656, 537001984, 537067520, 537004032, 537069568], pc2bytes8 = [0, 262144, 0, 262144, 2, 262146, 2, 262146, 33554432, 33816576, 33554432, 33816576, 33554434, 33816578, 33554434, 33816578], pc2bytes9 = [0, 268435456, 8, 268435464, 0, 268435456, 8, 268435464, 1024, 268436480, 1032, 268436488, 1024, 268436480, 1032, 268436488], pc2bytes10 = [0, 32, 0, 32, 1048576, 1048608, 1048576, 1048608, 8192, 8224, 8192, 8224, 1056768, 1056800, 1056768, 1056800], pc2bytes11 = [0, 16777216, 512, 16777728, 2097152, 18874368, 2097664, 18874880, 67108864, 83886080, 67109376, 83886592, 69206016, 85983232, 69206528, 85983744], pc2bytes12 = [0, 4096, 134217728, 134221824, 524288, 528384, 134742016, 134746112, 16, 4112, 134217744, 134221840, 524304, 528400, 134742032, 134746128], pc2bytes13 = [0, 4, 256, 260, 0, 4, 256, 260, 1, 5, 257, 261, 1, 5, 257, 261];
      var iterations = key.length() > 8 ? 3 : 1;
      var keys = [];
      var shifts = [0, 0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 0];
      var n = 0, tmp;
      for (var j = 0; j < iterations; j++) {
        var left = key.getInt32();
        var right = key.getInt32();
        tmp = (left >>> 4 ^ right) & 252645135;
        right ^= tmp;
        left ^= tmp << 4;
        tmp = (right >>> -16 ^ left) & 65535;
        left ^= tmp;
        right ^= tmp << -16;
        tmp = (left >>> 2 ^ right) & 858993459;
        right ^= tmp;
        left ^= tmp << 2;
        tmp = (right >>> -16 ^ left) & 65535;
        left ^= tmp;
        right ^= tmp << -16;
        tmp = (left >>> 1 ^ right) & 1431655765;
        right ^= tmp;
        left ^= tmp << 1;
        tmp = (right >>> 8 ^ left) & 16711935;
        left ^= tmp;
        right ^= tmp << 8;
        tmp = (left >>> 1 ^ right) & 1431655765;
        right ^= tmp;
        left ^= tmp << 1;
        tmp = left << 8 | right >>> 20 & 240;
        left = right << 24 | right << 8 & 16711680 | right >>> 8 & 65280 | right >>> 24 & 240;
        right = tmp;
        for (var i = 0; i < shifts.length; ++i) {
          if (shifts[i]) {
            left = left << 2 | left >>> 26;
            right = right << 2 | right >>> 26;
          } else {
            left = left << 1 | left >>> 27;
            right = right << 1 | right >>> 27;
          }
          left &= -15;
          right &= -15;
          var lefttmp = pc2bytes0[left >>> 28] | pc2bytes1[left >>> 24 & 15] | pc2bytes2[left >>> 20 & 15] | pc2bytes3[left >>> 16 & 15] | pc2bytes4[left >>> 12 & 15] | pc2bytes5[left >>> 8 & 15] | pc2bytes6[left >>> 4 & 15];
          var righttmp = pc2bytes7[right >>> 28] | pc2bytes8[right >>> 24 & 15] | pc2bytes9[right >>> 20 & 15] | pc2bytes10[right >>> 16 & 15] | pc2bytes11[right >>> 12 & 15] | pc2bytes12[right >>> 8 & 15] | pc2bytes13[right >>> 4 & 15];
          tmp = (righttmp >>> 16 ^ lefttmp) & 65535;
          keys[n++] = lefttmp ^ tmp;
          keys[n++] = righttmp ^ tmp << 16;
        }
      }
      return keys;
    }
    function _updateBlock(keys, input, output, decrypt2) {
      var iterations = keys.length === 32 ? 3 : 9;
      var looping;
      if (iterations === 3) {
        looping = decrypt2 ? [30, -2, -2] : [0, 32, 2];
      } else {
        looping = decrypt2 ? [94, 62, -2, 32, 64, 2, 30, -2, -2] : [0, 32, 2, 62, 30, -2, 64, 96, 2];
      }
      var tmp;
      var left = input[0];
      var right = input[1];
      tmp = (left >>> 4 ^ right) & 252645135;
      right ^= tmp;
      left ^= tmp << 4;
      tmp = (left >>> 16 ^ right) & 65535;
      right ^= tmp;
      left ^= tmp << 16;
      tmp = (right >>> 2 ^ left) & 858993459;
      left ^= tmp;
      right ^= tmp << 2;
      tmp = (right >>> 8 ^ left) & 16711935;
      left ^= tmp;
      right ^= tmp << 8;
      tmp = (left >>> 1 ^ right) & 1431655765;
      right ^= tmp;
      left ^= tmp << 1;
      left = left << 1 | left >>> 31;
      right = right << 1 | right >>> 31;
      for (var j = 0; j < iterations; j += 3) {
        var endloop = looping[j + 1];
        var loopinc = looping[j + 2];
        for (var i = looping[j]; i != endloop; i += loopinc) {
          var right1 = right ^ keys[i];
          var right2 = (right >>> 4 | right << 28) ^ keys[i + 1];
          tmp = left;
          left = right;
          right = tmp ^ (spfunction2[right1 >>> 24 & 63] | spfunction4[right1 >>> 16 & 63] | spfunction6[right1 >>> 8 & 63] | spfunction8[right1 & 63] | spfunction1[right2 >>> 24 & 63] | spfunction3[right2 >>> 16 & 63] | spfunction5[right2 >>> 8 & 63] | spfunction7[right2 & 63]);
        }
        tmp = left;
        left = right;
        right = tmp;
      }
      left = left >>> 1 | left << 31;
      right = right >>> 1 | right << 31;
      tmp = (left >>> 1 ^ right) & 1431655765;
      right ^= tmp;
      left ^= tmp << 1;
      tmp = (right >>> 8 ^ left) & 16711935;
      left ^= tmp;
      right ^= tmp << 8;
      tmp = (right >>> 2 ^ left) & 858993459;
      left ^= tmp;
      right ^= tmp << 2;
      tmp = (left >>> 16 ^ right) & 65535;
      right ^= tmp;
      left ^= tmp << 16;
      tmp = (left >>> 4 ^ right) & 252645135;
      right ^= tmp;
      left ^= tmp << 4;
      output[0] = left;
      output[1] = right;
    }
    function _createCipher(options) {
      options = options || {};
      var mode = (options.mode || "CBC").toUpperCase();
      var algorithm = "DES-" + mode;
      var cipher;
      if (options.decrypt) {
        cipher = forge2.cipher.createDecipher(algorithm, options.key);
      } else {
        cipher = forge2.cipher.createCipher(algorithm, options.key);
      }
      var start = cipher.start;
      cipher.start = function(iv, options2) {
        var output = null;
        if (options2 instanceof forge2.util.ByteBuffer) {
          output = options2;
          options2 = {};
        }
        options2 = options2 || {};
        options2.output = output;
        options2.iv = iv;
        start.call(cipher, options2);
      };
      return cipher;
    }
  }
});

// node_modules/node-forge/lib/md.js
var require_md = __commonJS({
  "node_modules/node-forge/lib/md.js"(exports2, module2) {
    var forge2 = require_forge();
    module2.exports = forge2.md = forge2.md || {};
    forge2.md.algorithms = forge2.md.algorithms || {};
  }
});

// node_modules/node-forge/lib/mgf1.js
var require_mgf1 = __commonJS({
  "node_modules/node-forge/lib/mgf1.js"(exports2, module2) {
    var forge2 = require_forge();
    require_util();
    forge2.mgf = forge2.mgf || {};
    var mgf1 = module2.exports = forge2.mgf.mgf1 = forge2.mgf1 = forge2.mgf1 || {};
    mgf1.create = function(md) {
      var mgf = {
        /**
         * Generate mask of specified length.
         *
         * @param {String} seed The seed for mask generation.
         * @param maskLen Number of bytes to generate.
         * @return {String} The generated mask.
         */
        generate: function(seed, maskLen) {
          var t = new forge2.util.ByteBuffer();
          var len = Math.ceil(maskLen / md.digestLength);
          for (var i = 0; i < len; i++) {
            var c = new forge2.util.ByteBuffer();
            c.putInt32(i);
            md.start();
            md.update(seed + c.getBytes());
            t.putBuffer(md.digest());
          }
          t.truncate(t.length() - maskLen);
          return t.getBytes();
        }
      };
      return mgf;
    };
  }
});

// node_modules/node-forge/lib/mgf.js
var require_mgf = __commonJS({
  "node_modules/node-forge/lib/mgf.js"(exports2, module2) {
    var forge2 = require_forge();
    require_mgf1();
    module2.exports = forge2.mgf = forge2.mgf || {};
    forge2.mgf.mgf1 = forge2.mgf1;
  }
});

// node_modules/node-forge/lib/pem.js
var require_pem = __commonJS({
  "node_modules/node-forge/lib/pem.js"(exports2, module2) {
    var forge2 = require_forge();
    require_util();
    var pem = module2.exports = forge2.pem = forge2.pem || {};
    pem.encode = function(msg, options) {
      options = options || {};
      var rval = "-----BEGIN " + msg.type + "-----\r\n";
      var header2;
      if (msg.procType) {
        header2 = {
          name: "Proc-Type",
          values: [String(msg.procType.version), msg.procType.type]
        };
        rval += foldHeader(header2);
      }
      if (msg.contentDomain) {
        header2 = { name: "Content-Domain", values: [msg.contentDomain] };
        rval += foldHeader(header2);
      }
      if (msg.dekInfo) {
        header2 = { name: "DEK-Info", values: [msg.dekInfo.algorithm] };
        if (msg.dekInfo.parameters) {
          header2.values.push(msg.dekInfo.parameters);
        }
        rval += foldHeader(header2);
      }
      if (msg.headers) {
        for (var i = 0; i < msg.headers.length; ++i) {
          rval += foldHeader(msg.headers[i]);
        }
      }
      if (msg.procType) {
        rval += "\r\n";
      }
      rval += forge2.util.encode64(msg.body, options.maxline || 64) + "\r\n";
      rval += "-----END " + msg.type + "-----\r\n";
      return rval;
    };
    pem.decode = function(str) {
      var rval = [];
      str = String(str);
      var messages = _pemMessageScanner(str);
      var rHeader = /(?:^|[^\x21-\x7e])([\x21-\x7e]+):\s*([\x21-\x7e\s^:]+)/;
      var rCRLF = /\r?\n/;
      var match;
      while (true) {
        match = messages.next();
        if (!match) {
          break;
        }
        var type = match[1];
        if (type === "NEW CERTIFICATE REQUEST") {
          type = "CERTIFICATE REQUEST";
        }
        var msg = {
          type,
          procType: null,
          contentDomain: null,
          dekInfo: null,
          headers: [],
          body: forge2.util.decode64(match[3])
        };
        rval.push(msg);
        if (!match[2]) {
          continue;
        }
        var lines = match[2].split(rCRLF);
        var li = 0;
        while (match && li < lines.length) {
          var line2 = rtrim(lines[li]);
          for (var nl = li + 1; nl < lines.length; ++nl) {
            var next = lines[nl];
            if (!/\s/.test(next[0])) {
              break;
            }
            line2 += next;
            li = nl;
          }
          match = line2.match(rHeader);
          if (match) {
            var header2 = { name: match[1], values: [] };
            var values = match[2].split(",");
            for (var vi = 0; vi < values.length; ++vi) {
              header2.values.push(ltrim(values[vi]));
            }
            if (!msg.procType) {
              if (header2.name !== "Proc-Type") {
                throw new Error('Invalid PEM formatted message. The first encapsulated header must be "Proc-Type".');
              } else if (header2.values.length !== 2) {
                throw new Error('Invalid PEM formatted message. The "Proc-Type" header must have two subfields.');
              }
              msg.procType = { version: values[0], type: values[1] };
            } else if (!msg.contentDomain && header2.name === "Content-Domain") {
              msg.contentDomain = values[0] || "";
            } else if (!msg.dekInfo && header2.name === "DEK-Info") {
              if (header2.values.length === 0) {
                throw new Error('Invalid PEM formatted message. The "DEK-Info" header must have at least one subfield.');
              }
              msg.dekInfo = { algorithm: values[0], parameters: values[1] || null };
            } else {
              msg.headers.push(header2);
            }
          }
          ++li;
        }
        if (msg.procType === "ENCRYPTED" && !msg.dekInfo) {
          throw new Error('Invalid PEM formatted message. The "DEK-Info" header must be present if "Proc-Type" is "ENCRYPTED".');
        }
      }
      if (rval.length === 0) {
        throw new Error("Invalid PEM formatted message.");
      }
      return rval;
    };
    function foldHeader(header2) {
      var rval = header2.name + ": ";
      var values = [];
      var insertSpace = function(match, $1) {
        return " " + $1;
      };
      for (var i = 0; i < header2.values.length; ++i) {
        values.push(header2.values[i].replace(/^(\S+\r\n)/, insertSpace));
      }
      rval += values.join(",") + "\r\n";
      var length = 0;
      var candidate = -1;
      for (var i = 0; i < rval.length; ++i, ++length) {
        if (length > 65 && candidate !== -1) {
          var insert = rval[candidate];
          if (insert === ",") {
            ++candidate;
            rval = rval.substr(0, candidate) + "\r\n " + rval.substr(candidate);
          } else {
            rval = rval.substr(0, candidate) + "\r\n" + insert + rval.substr(candidate + 1);
          }
          length = i - candidate - 1;
          candidate = -1;
          ++i;
        } else if (rval[i] === " " || rval[i] === "	" || rval[i] === ",") {
          candidate = i;
        }
      }
      return rval;
    }
    function ltrim(str) {
      return str.replace(/^\s+/, "");
    }
    function rtrim(str) {
      var end = str.length;
      while (end > 0 && /\s/.test(str.charAt(end - 1))) {
        --end;
      }
      return str.substring(0, end);
    }
    function _pemMessageScanner(str) {
      var rBody = /[:A-Za-z0-9+\/=\s]/;
      var rNotBody = /[^:A-Za-z0-9+\/=\s]/g;
      var rNotHeader = /[^\x21-\x7e\s]/g;
      var rLabel = /[A-Z0-9- ]/;
      function indexOfRegex(regex, i) {
        regex.lastIndex = i;
        var match = regex.exec(str);
        return match ? match.index : str.length;
      }
      function labelAt(i) {
        for (var j = i; j < str.length && rLabel.test(str.charAt(j)); ++j) {
          if (j > i && str.substr(j, 5) === "-----") {
            return str.substring(i, j);
          }
        }
        return null;
      }
      function blankLineEnd(i) {
        if (str.charAt(i) === "\r") {
          ++i;
        }
        if (str.charAt(i) !== "\n") {
          return -1;
        }
        if (str.charAt(++i) === "\r") {
          ++i;
        }
        return str.charAt(i) === "\n" ? i + 1 : -1;
      }
      function firstBlankLine(start2, end2) {
        for (var i = start2; i < end2; ++i) {
          var v = blankLineEnd(i);
          if (v !== -1 && v < end2) {
            return i;
          }
        }
        return -1;
      }
      var ends = {};
      for (var end = str.indexOf("-----END "); end !== -1; end = str.indexOf("-----END ", end + 1)) {
        var endLabel = labelAt(end + 9);
        var start = end;
        while (start > 0 && rBody.test(str.charAt(start - 1))) {
          --start;
        }
        var blank = firstBlankLine(start, end);
        if (endLabel !== null && blank !== -1) {
          var key = "$" + endLabel;
          (ends[key] = ends[key] || []).push({ end, blank });
        }
      }
      var pos = 0;
      var headerEnd = -1;
      return {
        next: function() {
          var begin;
          while ((begin = str.indexOf("-----BEGIN ", pos)) !== -1) {
            pos = begin + 1;
            var label = labelAt(begin + 11);
            if (label === null) {
              continue;
            }
            var q = begin + 16 + label.length;
            var bodyEnd = indexOfRegex(rNotBody, q);
            var bodyEndOk = str.substr(bodyEnd, 9) === "-----END " && labelAt(bodyEnd + 9) === label;
            if (q > headerEnd) {
              headerEnd = indexOfRegex(rNotHeader, q);
            }
            var later = null;
            var list = ends["$" + label];
            if (list) {
              var lo = 0;
              var hi = list.length;
              while (lo < hi) {
                var mid = lo + hi >> 1;
                if (list[mid].end > bodyEnd) {
                  hi = mid;
                } else {
                  lo = mid + 1;
                }
              }
              later = list[lo] || null;
            }
            var starts = [];
            if (str.charAt(q) === "\r") {
              if (str.charAt(q + 1) === "\n") {
                starts.push(q + 2);
              }
              starts.push(q + 1);
            } else if (str.charAt(q) === "\n") {
              starts.push(q + 1);
            }
            starts.push(q);
            for (var i = 0; i < starts.length; ++i) {
              var t = starts[i];
              var blank2 = bodyEndOk ? firstBlankLine(t + 1, bodyEnd) : -1;
              var end2 = bodyEnd;
              if (blank2 === -1 && later) {
                blank2 = later.blank;
                end2 = later.end;
              }
              if (blank2 !== -1 && blank2 <= headerEnd) {
                var v = blankLineEnd(blank2);
                pos = end2 + 14 + label.length;
                return [
                  str.substring(begin, pos),
                  label,
                  str.substring(t, v),
                  str.substring(v, end2)
                ];
              }
              if (bodyEndOk && t < bodyEnd) {
                pos = bodyEnd + 14 + label.length;
                return [
                  str.substring(begin, pos),
                  label,
                  void 0,
                  str.substring(t, bodyEnd)
                ];
              }
            }
          }
          return null;
        }
      };
    }
  }
});

// node_modules/node-forge/lib/sha256.js
var require_sha256 = __commonJS({
  "node_modules/node-forge/lib/sha256.js"(exports2, module2) {
    var forge2 = require_forge();
    require_md();
    require_util();
    var sha256 = module2.exports = forge2.sha256 = forge2.sha256 || {};
    forge2.md.sha256 = forge2.md.algorithms.sha256 = sha256;
    sha256.create = function() {
      if (!_initialized) {
        _init();
      }
      var _state = null;
      var _input = forge2.util.createBuffer();
      var _w = new Array(64);
      var md = {
        algorithm: "sha256",
        blockLength: 64,
        digestLength: 32,
        // 56-bit length of message so far (does not including padding)
        messageLength: 0,
        // true message length
        fullMessageLength: null,
        // size of message length in bytes
        messageLengthSize: 8
      };
      md.start = function() {
        md.messageLength = 0;
        md.fullMessageLength = md.messageLength64 = [];
        var int32s = md.messageLengthSize / 4;
        for (var i = 0; i < int32s; ++i) {
          md.fullMessageLength.push(0);
        }
        _input = forge2.util.createBuffer();
        _state = {
          h0: 1779033703,
          h1: 3144134277,
          h2: 1013904242,
          h3: 2773480762,
          h4: 1359893119,
          h5: 2600822924,
          h6: 528734635,
          h7: 1541459225
        };
        return md;
      };
      md.start();
      md.update = function(msg, encoding) {
        if (encoding === "utf8") {
          msg = forge2.util.encodeUtf8(msg);
        }
        var len = msg.length;
        md.messageLength += len;
        len = [len / 4294967296 >>> 0, len >>> 0];
        for (var i = md.fullMessageLength.length - 1; i >= 0; --i) {
          md.fullMessageLength[i] += len[1];
          len[1] = len[0] + (md.fullMessageLength[i] / 4294967296 >>> 0);
          md.fullMessageLength[i] = md.fullMessageLength[i] >>> 0;
          len[0] = len[1] / 4294967296 >>> 0;
        }
        _input.putBytes(msg);
        _update(_state, _w, _input);
        if (_input.read > 2048 || _input.length() === 0) {
          _input.compact();
        }
        return md;
      };
      md.digest = function() {
        var finalBlock = forge2.util.createBuffer();
        finalBlock.putBytes(_input.bytes());
        var remaining = md.fullMessageLength[md.fullMessageLength.length - 1] + md.messageLengthSize;
        var overflow = remaining & md.blockLength - 1;
        finalBlock.putBytes(_padding.substr(0, md.blockLength - overflow));
        var next, carry;
        var bits = md.fullMessageLength[0] * 8;
        for (var i = 0; i < md.fullMessageLength.length - 1; ++i) {
          next = md.fullMessageLength[i + 1] * 8;
          carry = next / 4294967296 >>> 0;
          bits += carry;
          finalBlock.putInt32(bits >>> 0);
          bits = next >>> 0;
        }
        finalBlock.putInt32(bits);
        var s2 = {
          h0: _state.h0,
          h1: _state.h1,
          h2: _state.h2,
          h3: _state.h3,
          h4: _state.h4,
          h5: _state.h5,
          h6: _state.h6,
          h7: _state.h7
        };
        _update(s2, _w, finalBlock);
        var rval = forge2.util.createBuffer();
        rval.putInt32(s2.h0);
        rval.putInt32(s2.h1);
        rval.putInt32(s2.h2);
        rval.putInt32(s2.h3);
        rval.putInt32(s2.h4);
        rval.putInt32(s2.h5);
        rval.putInt32(s2.h6);
        rval.putInt32(s2.h7);
        return rval;
      };
      return md;
    };
    var _padding = null;
    var _initialized = false;
    var _k = null;
    function _init() {
      _padding = String.fromCharCode(128);
      _padding += forge2.util.fillString(String.fromCharCode(0), 64);
      _k = [
        1116352408,
        1899447441,
        3049323471,
        3921009573,
        961987163,
        1508970993,
        2453635748,
        2870763221,
        3624381080,
        310598401,
        607225278,
        1426881987,
        1925078388,
        2162078206,
        2614888103,
        3248222580,
        3835390401,
        4022224774,
        264347078,
        604807628,
        770255983,
        1249150122,
        1555081692,
        1996064986,
        2554220882,
        2821834349,
        2952996808,
        3210313671,
        3336571891,
        3584528711,
        113926993,
        338241895,
        666307205,
        773529912,
        1294757372,
        1396182291,
        1695183700,
        1986661051,
        2177026350,
        2456956037,
        2730485921,
        2820302411,
        3259730800,
        3345764771,
        3516065817,
        3600352804,
        4094571909,
        275423344,
        430227734,
        506948616,
        659060556,
        883997877,
        958139571,
        1322822218,
        1537002063,
        1747873779,
        1955562222,
        2024104815,
        2227730452,
        2361852424,
        2428436474,
        2756734187,
        3204031479,
        3329325298
      ];
      _initialized = true;
    }
    function _update(s, w, bytes) {
      var t1, t2, s0, s1, ch, maj, i, a, b, c, d, e, f, g, h;
      var len = bytes.length();
      while (len >= 64) {
        for (i = 0; i < 16; ++i) {
          w[i] = bytes.getInt32();
        }
        for (; i < 64; ++i) {
          t1 = w[i - 2];
          t1 = (t1 >>> 17 | t1 << 15) ^ (t1 >>> 19 | t1 << 13) ^ t1 >>> 10;
          t2 = w[i - 15];
          t2 = (t2 >>> 7 | t2 << 25) ^ (t2 >>> 18 | t2 << 14) ^ t2 >>> 3;
          w[i] = t1 + w[i - 7] + t2 + w[i - 16] | 0;
        }
        a = s.h0;
        b = s.h1;
        c = s.h2;
        d = s.h3;
        e = s.h4;
        f = s.h5;
        g = s.h6;
        h = s.h7;
        for (i = 0; i < 64; ++i) {
          s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
          ch = g ^ e & (f ^ g);
          s0 = (a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10);
          maj = a & b | c & (a ^ b);
          t1 = h + s1 + ch + _k[i] + w[i];
          t2 = s0 + maj;
          h = g;
          g = f;
          f = e;
          e = d + t1 >>> 0;
          d = c;
          c = b;
          b = a;
          a = t1 + t2 >>> 0;
        }
        s.h0 = s.h0 + a | 0;
        s.h1 = s.h1 + b | 0;
        s.h2 = s.h2 + c | 0;
        s.h3 = s.h3 + d | 0;
        s.h4 = s.h4 + e | 0;
        s.h5 = s.h5 + f | 0;
        s.h6 = s.h6 + g | 0;
        s.h7 = s.h7 + h | 0;
        len -= 64;
      }
    }
  }
});

// node_modules/node-forge/lib/prng.js
var require_prng = __commonJS({
  "node_modules/node-forge/lib/prng.js"(exports2, module2) {
    var forge2 = require_forge();
    require_util();
    var _crypto = null;
    if (forge2.util.isNodejs && !forge2.options.usePureJavaScript && !process.versions["node-webkit"]) {
      _crypto = require("crypto");
    }
    var prng = module2.exports = forge2.prng = forge2.prng || {};
    prng.create = function(plugin) {
      var ctx = {
        plugin,
        key: null,
        seed: null,
        time: null,
        // number of reseeds so far
        reseeds: 0,
        // amount of data generated so far
        generated: 0,
        // no initial key bytes
        keyBytes: ""
      };
      var md = plugin.md;
      var pools = new Array(32);
      for (var i = 0; i < 32; ++i) {
        pools[i] = md.create();
      }
      ctx.pools = pools;
      ctx.pool = 0;
      ctx.generate = function(count, callback) {
        if (!callback) {
          return ctx.generateSync(count);
        }
        var cipher = ctx.plugin.cipher;
        var increment = ctx.plugin.increment;
        var formatKey = ctx.plugin.formatKey;
        var formatSeed = ctx.plugin.formatSeed;
        var b = forge2.util.createBuffer();
        ctx.key = null;
        generate();
        function generate(err) {
          if (err) {
            return callback(err);
          }
          if (b.length() >= count) {
            return callback(null, b.getBytes(count));
          }
          if (ctx.generated > 1048575) {
            ctx.key = null;
          }
          if (ctx.key === null) {
            return forge2.util.nextTick(function() {
              _reseed(generate);
            });
          }
          var bytes = cipher(ctx.key, ctx.seed);
          ctx.generated += bytes.length;
          b.putBytes(bytes);
          ctx.key = formatKey(cipher(ctx.key, increment(ctx.seed)));
          ctx.seed = formatSeed(cipher(ctx.key, ctx.seed));
          forge2.util.setImmediate(generate);
        }
      };
      ctx.generateSync = function(count) {
        var cipher = ctx.plugin.cipher;
        var increment = ctx.plugin.increment;
        var formatKey = ctx.plugin.formatKey;
        var formatSeed = ctx.plugin.formatSeed;
        ctx.key = null;
        var b = forge2.util.createBuffer();
        while (b.length() < count) {
          if (ctx.generated > 1048575) {
            ctx.key = null;
          }
          if (ctx.key === null) {
            _reseedSync();
          }
          var bytes = cipher(ctx.key, ctx.seed);
          ctx.generated += bytes.length;
          b.putBytes(bytes);
          ctx.key = formatKey(cipher(ctx.key, increment(ctx.seed)));
          ctx.seed = formatSeed(cipher(ctx.key, ctx.seed));
        }
        return b.getBytes(count);
      };
      function _reseed(callback) {
        if (ctx.pools[0].messageLength >= 32) {
          _seed();
          return callback();
        }
        var needed = 32 - ctx.pools[0].messageLength << 5;
        ctx.seedFile(needed, function(err, bytes) {
          if (err) {
            return callback(err);
          }
          ctx.collect(bytes);
          _seed();
          callback();
        });
      }
      function _reseedSync() {
        if (ctx.pools[0].messageLength >= 32) {
          return _seed();
        }
        var needed = 32 - ctx.pools[0].messageLength << 5;
        ctx.collect(ctx.seedFileSync(needed));
        _seed();
      }
      function _seed() {
        ctx.reseeds = ctx.reseeds === 4294967295 ? 0 : ctx.reseeds + 1;
        var md2 = ctx.plugin.md.create();
        md2.update(ctx.keyBytes);
        var _2powK = 1;
        for (var k = 0; k < 32; ++k) {
          if (ctx.reseeds % _2powK === 0) {
            md2.update(ctx.pools[k].digest().getBytes());
            ctx.pools[k].start();
          }
          _2powK = _2powK << 1;
        }
        ctx.keyBytes = md2.digest().getBytes();
        md2.start();
        md2.update(ctx.keyBytes);
        var seedBytes = md2.digest().getBytes();
        ctx.key = ctx.plugin.formatKey(ctx.keyBytes);
        ctx.seed = ctx.plugin.formatSeed(seedBytes);
        ctx.generated = 0;
      }
      function defaultSeedFile(needed) {
        var getRandomValues = null;
        var globalScope = forge2.util.globalScope;
        var _crypto2 = globalScope.crypto || globalScope.msCrypto;
        if (_crypto2 && _crypto2.getRandomValues) {
          getRandomValues = function(arr) {
            return _crypto2.getRandomValues(arr);
          };
        }
        var b = forge2.util.createBuffer();
        if (getRandomValues) {
          while (b.length() < needed) {
            var count = Math.max(1, Math.min(needed - b.length(), 65536) / 4);
            var entropy = new Uint32Array(Math.floor(count));
            try {
              getRandomValues(entropy);
              for (var i2 = 0; i2 < entropy.length; ++i2) {
                b.putInt32(entropy[i2]);
              }
            } catch (e) {
              if (!(typeof QuotaExceededError !== "undefined" && e instanceof QuotaExceededError)) {
                throw e;
              }
            }
          }
        }
        if (b.length() < needed) {
          var hi, lo, next;
          var seed = Math.floor(Math.random() * 65536);
          while (b.length() < needed) {
            lo = 16807 * (seed & 65535);
            hi = 16807 * (seed >> 16);
            lo += (hi & 32767) << 16;
            lo += hi >> 15;
            lo = (lo & 2147483647) + (lo >> 31);
            seed = lo & 4294967295;
            for (var i2 = 0; i2 < 3; ++i2) {
              next = seed >>> (i2 << 3);
              next ^= Math.floor(Math.random() * 256);
              b.putByte(next & 255);
            }
          }
        }
        return b.getBytes(needed);
      }
      if (_crypto) {
        ctx.seedFile = function(needed, callback) {
          _crypto.randomBytes(needed, function(err, bytes) {
            if (err) {
              return callback(err);
            }
            callback(null, bytes.toString());
          });
        };
        ctx.seedFileSync = function(needed) {
          return _crypto.randomBytes(needed).toString();
        };
      } else {
        ctx.seedFile = function(needed, callback) {
          try {
            callback(null, defaultSeedFile(needed));
          } catch (e) {
            callback(e);
          }
        };
        ctx.seedFileSync = defaultSeedFile;
      }
      ctx.collect = function(bytes) {
        var count = bytes.length;
        for (var i2 = 0; i2 < count; ++i2) {
          ctx.pools[ctx.pool].update(bytes.substr(i2, 1));
          ctx.pool = ctx.pool === 31 ? 0 : ctx.pool + 1;
        }
      };
      ctx.collectInt = function(i2, n) {
        var bytes = "";
        for (var x = 0; x < n; x += 8) {
          bytes += String.fromCharCode(i2 >> x & 255);
        }
        ctx.collect(bytes);
      };
      ctx.registerWorker = function(worker) {
        if (worker === self) {
          ctx.seedFile = function(needed, callback) {
            function listener2(e) {
              var data = e.data;
              if (data.forge && data.forge.prng) {
                self.removeEventListener("message", listener2);
                callback(data.forge.prng.err, data.forge.prng.bytes);
              }
            }
            self.addEventListener("message", listener2);
            self.postMessage({ forge: { prng: { needed } } });
          };
        } else {
          var listener = function(e) {
            var data = e.data;
            if (data.forge && data.forge.prng) {
              ctx.seedFile(data.forge.prng.needed, function(err, bytes) {
                worker.postMessage({ forge: { prng: { err, bytes } } });
              });
            }
          };
          worker.addEventListener("message", listener);
        }
      };
      return ctx;
    };
  }
});

// node_modules/node-forge/lib/random.js
var require_random = __commonJS({
  "node_modules/node-forge/lib/random.js"(exports2, module2) {
    var forge2 = require_forge();
    require_aes();
    require_sha256();
    require_prng();
    require_util();
    (function() {
      if (forge2.random && forge2.random.getBytes) {
        module2.exports = forge2.random;
        return;
      }
      (function(jQuery2) {
        var prng_aes = {};
        var _prng_aes_output = new Array(4);
        var _prng_aes_buffer = forge2.util.createBuffer();
        prng_aes.formatKey = function(key2) {
          var tmp = forge2.util.createBuffer(key2);
          key2 = new Array(4);
          key2[0] = tmp.getInt32();
          key2[1] = tmp.getInt32();
          key2[2] = tmp.getInt32();
          key2[3] = tmp.getInt32();
          return forge2.aes._expandKey(key2, false);
        };
        prng_aes.formatSeed = function(seed) {
          var tmp = forge2.util.createBuffer(seed);
          seed = new Array(4);
          seed[0] = tmp.getInt32();
          seed[1] = tmp.getInt32();
          seed[2] = tmp.getInt32();
          seed[3] = tmp.getInt32();
          return seed;
        };
        prng_aes.cipher = function(key2, seed) {
          forge2.aes._updateBlock(key2, seed, _prng_aes_output, false);
          _prng_aes_buffer.putInt32(_prng_aes_output[0]);
          _prng_aes_buffer.putInt32(_prng_aes_output[1]);
          _prng_aes_buffer.putInt32(_prng_aes_output[2]);
          _prng_aes_buffer.putInt32(_prng_aes_output[3]);
          return _prng_aes_buffer.getBytes();
        };
        prng_aes.increment = function(seed) {
          ++seed[3];
          return seed;
        };
        prng_aes.md = forge2.md.sha256;
        function spawnPrng() {
          var ctx = forge2.prng.create(prng_aes);
          ctx.getBytes = function(count, callback) {
            return ctx.generate(count, callback);
          };
          ctx.getBytesSync = function(count) {
            return ctx.generate(count);
          };
          return ctx;
        }
        var _ctx = spawnPrng();
        var getRandomValues = null;
        var globalScope = forge2.util.globalScope;
        var _crypto = globalScope.crypto || globalScope.msCrypto;
        if (_crypto && _crypto.getRandomValues) {
          getRandomValues = function(arr) {
            return _crypto.getRandomValues(arr);
          };
        }
        if (forge2.options.usePureJavaScript || !forge2.util.isNodejs && !getRandomValues) {
          if (typeof window === "undefined" || window.document === void 0) {
          }
          _ctx.collectInt(+/* @__PURE__ */ new Date(), 32);
          if (typeof navigator !== "undefined") {
            var _navBytes = "";
            for (var key in navigator) {
              try {
                if (typeof navigator[key] == "string") {
                  _navBytes += navigator[key];
                }
              } catch (e) {
              }
            }
            _ctx.collect(_navBytes);
            _navBytes = null;
          }
          if (jQuery2) {
            jQuery2().mousemove(function(e) {
              _ctx.collectInt(e.clientX, 16);
              _ctx.collectInt(e.clientY, 16);
            });
            jQuery2().keypress(function(e) {
              _ctx.collectInt(e.charCode, 8);
            });
          }
        }
        if (!forge2.random) {
          forge2.random = _ctx;
        } else {
          for (var key in _ctx) {
            forge2.random[key] = _ctx[key];
          }
        }
        forge2.random.createInstance = spawnPrng;
        module2.exports = forge2.random;
      })(typeof jQuery !== "undefined" ? jQuery : null);
    })();
  }
});

// node_modules/node-forge/lib/pss.js
var require_pss = __commonJS({
  "node_modules/node-forge/lib/pss.js"(exports2, module2) {
    var forge2 = require_forge();
    require_random();
    require_util();
    var pss = module2.exports = forge2.pss = forge2.pss || {};
    pss.create = function(options) {
      if (arguments.length === 3) {
        options = {
          md: arguments[0],
          mgf: arguments[1],
          saltLength: arguments[2]
        };
      }
      var hash = options.md;
      var mgf = options.mgf;
      var hLen = hash.digestLength;
      var salt_ = options.salt || null;
      if (typeof salt_ === "string") {
        salt_ = forge2.util.createBuffer(salt_);
      }
      var sLen;
      if ("saltLength" in options) {
        sLen = options.saltLength;
      } else if (salt_ !== null) {
        sLen = salt_.length();
      } else {
        throw new Error("Salt length not specified or specific salt not given.");
      }
      if (salt_ !== null && salt_.length() !== sLen) {
        throw new Error("Given salt length does not match length of given salt.");
      }
      var prng = options.prng || forge2.random;
      var pssobj = {};
      pssobj.encode = function(md, modBits) {
        var i;
        var emBits = modBits - 1;
        var emLen = Math.ceil(emBits / 8);
        var mHash = md.digest().getBytes();
        if (emLen < hLen + sLen + 2) {
          throw new Error("Message is too long to encrypt.");
        }
        var salt;
        if (salt_ === null) {
          salt = prng.getBytesSync(sLen);
        } else {
          salt = salt_.bytes();
        }
        var m_ = new forge2.util.ByteBuffer();
        m_.fillWithByte(0, 8);
        m_.putBytes(mHash);
        m_.putBytes(salt);
        hash.start();
        hash.update(m_.getBytes());
        var h = hash.digest().getBytes();
        var ps = new forge2.util.ByteBuffer();
        ps.fillWithByte(0, emLen - sLen - hLen - 2);
        ps.putByte(1);
        ps.putBytes(salt);
        var db = ps.getBytes();
        var maskLen = emLen - hLen - 1;
        var dbMask = mgf.generate(h, maskLen);
        var maskedDB = "";
        for (i = 0; i < maskLen; i++) {
          maskedDB += String.fromCharCode(db.charCodeAt(i) ^ dbMask.charCodeAt(i));
        }
        var mask = 65280 >> 8 * emLen - emBits & 255;
        maskedDB = String.fromCharCode(maskedDB.charCodeAt(0) & ~mask) + maskedDB.substr(1);
        return maskedDB + h + String.fromCharCode(188);
      };
      pssobj.verify = function(mHash, em, modBits) {
        var i;
        var emBits = modBits - 1;
        var emLen = Math.ceil(emBits / 8);
        em = em.substr(-emLen);
        if (emLen < hLen + sLen + 2) {
          throw new Error("Inconsistent parameters to PSS signature verification.");
        }
        if (em.charCodeAt(emLen - 1) !== 188) {
          throw new Error("Encoded message does not end in 0xBC.");
        }
        var maskLen = emLen - hLen - 1;
        var maskedDB = em.substr(0, maskLen);
        var h = em.substr(maskLen, hLen);
        var mask = 65280 >> 8 * emLen - emBits & 255;
        if ((maskedDB.charCodeAt(0) & mask) !== 0) {
          throw new Error("Bits beyond keysize not zero as expected.");
        }
        var dbMask = mgf.generate(h, maskLen);
        var db = "";
        for (i = 0; i < maskLen; i++) {
          db += String.fromCharCode(maskedDB.charCodeAt(i) ^ dbMask.charCodeAt(i));
        }
        db = String.fromCharCode(db.charCodeAt(0) & ~mask) + db.substr(1);
        var checkLen = emLen - hLen - sLen - 2;
        for (i = 0; i < checkLen; i++) {
          if (db.charCodeAt(i) !== 0) {
            throw new Error("Leftmost octets not zero as expected");
          }
        }
        if (db.charCodeAt(checkLen) !== 1) {
          throw new Error("Inconsistent PSS signature, 0x01 marker not found");
        }
        var salt = db.substr(-sLen);
        var m_ = new forge2.util.ByteBuffer();
        m_.fillWithByte(0, 8);
        m_.putBytes(mHash);
        m_.putBytes(salt);
        hash.start();
        hash.update(m_.getBytes());
        var h_ = hash.digest().getBytes();
        return h === h_;
      };
      return pssobj;
    };
  }
});

// node_modules/node-forge/lib/jsbn.js
var require_jsbn = __commonJS({
  "node_modules/node-forge/lib/jsbn.js"(exports2, module2) {
    var forge2 = require_forge();
    module2.exports = forge2.jsbn = forge2.jsbn || {};
    var dbits;
    var canary = 244837814094590;
    var j_lm = (canary & 16777215) == 15715070;
    function BigInteger(a, b, c) {
      this.data = [];
      if (a != null)
        if ("number" == typeof a) this.fromNumber(a, b, c);
        else if (b == null && "string" != typeof a) this.fromString(a, 256);
        else this.fromString(a, b);
    }
    forge2.jsbn.BigInteger = BigInteger;
    function nbi() {
      return new BigInteger(null);
    }
    function am1(i, x, w, j, c, n) {
      while (--n >= 0) {
        var v = x * this.data[i++] + w.data[j] + c;
        c = Math.floor(v / 67108864);
        w.data[j++] = v & 67108863;
      }
      return c;
    }
    function am2(i, x, w, j, c, n) {
      var xl = x & 32767, xh = x >> 15;
      while (--n >= 0) {
        var l = this.data[i] & 32767;
        var h = this.data[i++] >> 15;
        var m = xh * l + h * xl;
        l = xl * l + ((m & 32767) << 15) + w.data[j] + (c & 1073741823);
        c = (l >>> 30) + (m >>> 15) + xh * h + (c >>> 30);
        w.data[j++] = l & 1073741823;
      }
      return c;
    }
    function am3(i, x, w, j, c, n) {
      var xl = x & 16383, xh = x >> 14;
      while (--n >= 0) {
        var l = this.data[i] & 16383;
        var h = this.data[i++] >> 14;
        var m = xh * l + h * xl;
        l = xl * l + ((m & 16383) << 14) + w.data[j] + c;
        c = (l >> 28) + (m >> 14) + xh * h;
        w.data[j++] = l & 268435455;
      }
      return c;
    }
    if (typeof navigator === "undefined") {
      BigInteger.prototype.am = am3;
      dbits = 28;
    } else if (j_lm && navigator.appName == "Microsoft Internet Explorer") {
      BigInteger.prototype.am = am2;
      dbits = 30;
    } else if (j_lm && navigator.appName != "Netscape") {
      BigInteger.prototype.am = am1;
      dbits = 26;
    } else {
      BigInteger.prototype.am = am3;
      dbits = 28;
    }
    BigInteger.prototype.DB = dbits;
    BigInteger.prototype.DM = (1 << dbits) - 1;
    BigInteger.prototype.DV = 1 << dbits;
    var BI_FP = 52;
    BigInteger.prototype.FV = Math.pow(2, BI_FP);
    BigInteger.prototype.F1 = BI_FP - dbits;
    BigInteger.prototype.F2 = 2 * dbits - BI_FP;
    var BI_RM = "0123456789abcdefghijklmnopqrstuvwxyz";
    var BI_RC = new Array();
    var rr;
    var vv;
    rr = "0".charCodeAt(0);
    for (vv = 0; vv <= 9; ++vv) BI_RC[rr++] = vv;
    rr = "a".charCodeAt(0);
    for (vv = 10; vv < 36; ++vv) BI_RC[rr++] = vv;
    rr = "A".charCodeAt(0);
    for (vv = 10; vv < 36; ++vv) BI_RC[rr++] = vv;
    function int2char(n) {
      return BI_RM.charAt(n);
    }
    function intAt(s, i) {
      var c = BI_RC[s.charCodeAt(i)];
      return c == null ? -1 : c;
    }
    function bnpCopyTo(r) {
      for (var i = this.t - 1; i >= 0; --i) r.data[i] = this.data[i];
      r.t = this.t;
      r.s = this.s;
    }
    function bnpFromInt(x) {
      this.t = 1;
      this.s = x < 0 ? -1 : 0;
      if (x > 0) this.data[0] = x;
      else if (x < -1) this.data[0] = x + this.DV;
      else this.t = 0;
    }
    function nbv(i) {
      var r = nbi();
      r.fromInt(i);
      return r;
    }
    function bnpFromString(s, b) {
      var k;
      if (b == 16) k = 4;
      else if (b == 8) k = 3;
      else if (b == 256) k = 8;
      else if (b == 2) k = 1;
      else if (b == 32) k = 5;
      else if (b == 4) k = 2;
      else {
        this.fromRadix(s, b);
        return;
      }
      this.t = 0;
      this.s = 0;
      var i = s.length, mi = false, sh = 0;
      while (--i >= 0) {
        var x = k == 8 ? s[i] & 255 : intAt(s, i);
        if (x < 0) {
          if (s.charAt(i) == "-") mi = true;
          continue;
        }
        mi = false;
        if (sh == 0)
          this.data[this.t++] = x;
        else if (sh + k > this.DB) {
          this.data[this.t - 1] |= (x & (1 << this.DB - sh) - 1) << sh;
          this.data[this.t++] = x >> this.DB - sh;
        } else
          this.data[this.t - 1] |= x << sh;
        sh += k;
        if (sh >= this.DB) sh -= this.DB;
      }
      if (k == 8 && (s[0] & 128) != 0) {
        this.s = -1;
        if (sh > 0) this.data[this.t - 1] |= (1 << this.DB - sh) - 1 << sh;
      }
      this.clamp();
      if (mi) BigInteger.ZERO.subTo(this, this);
    }
    function bnpClamp() {
      var c = this.s & this.DM;
      while (this.t > 0 && this.data[this.t - 1] == c) --this.t;
    }
    function bnToString(b) {
      if (this.s < 0) return "-" + this.negate().toString(b);
      var k;
      if (b == 16) k = 4;
      else if (b == 8) k = 3;
      else if (b == 2) k = 1;
      else if (b == 32) k = 5;
      else if (b == 4) k = 2;
      else return this.toRadix(b);
      var km = (1 << k) - 1, d, m = false, r = "", i = this.t;
      var p = this.DB - i * this.DB % k;
      if (i-- > 0) {
        if (p < this.DB && (d = this.data[i] >> p) > 0) {
          m = true;
          r = int2char(d);
        }
        while (i >= 0) {
          if (p < k) {
            d = (this.data[i] & (1 << p) - 1) << k - p;
            d |= this.data[--i] >> (p += this.DB - k);
          } else {
            d = this.data[i] >> (p -= k) & km;
            if (p <= 0) {
              p += this.DB;
              --i;
            }
          }
          if (d > 0) m = true;
          if (m) r += int2char(d);
        }
      }
      return m ? r : "0";
    }
    function bnNegate() {
      var r = nbi();
      BigInteger.ZERO.subTo(this, r);
      return r;
    }
    function bnAbs() {
      return this.s < 0 ? this.negate() : this;
    }
    function bnCompareTo(a) {
      var r = this.s - a.s;
      if (r != 0) return r;
      var i = this.t;
      r = i - a.t;
      if (r != 0) return this.s < 0 ? -r : r;
      while (--i >= 0) if ((r = this.data[i] - a.data[i]) != 0) return r;
      return 0;
    }
    function nbits(x) {
      var r = 1, t;
      if ((t = x >>> 16) != 0) {
        x = t;
        r += 16;
      }
      if ((t = x >> 8) != 0) {
        x = t;
        r += 8;
      }
      if ((t = x >> 4) != 0) {
        x = t;
        r += 4;
      }
      if ((t = x >> 2) != 0) {
        x = t;
        r += 2;
      }
      if ((t = x >> 1) != 0) {
        x = t;
        r += 1;
      }
      return r;
    }
    function bnBitLength() {
      if (this.t <= 0) return 0;
      return this.DB * (this.t - 1) + nbits(this.data[this.t - 1] ^ this.s & this.DM);
    }
    function bnpDLShiftTo(n, r) {
      var i;
      for (i = this.t - 1; i >= 0; --i) r.data[i + n] = this.data[i];
      for (i = n - 1; i >= 0; --i) r.data[i] = 0;
      r.t = this.t + n;
      r.s = this.s;
    }
    function bnpDRShiftTo(n, r) {
      for (var i = n; i < this.t; ++i) r.data[i - n] = this.data[i];
      r.t = Math.max(this.t - n, 0);
      r.s = this.s;
    }
    function bnpLShiftTo(n, r) {
      var bs = n % this.DB;
      var cbs = this.DB - bs;
      var bm = (1 << cbs) - 1;
      var ds = Math.floor(n / this.DB), c = this.s << bs & this.DM, i;
      for (i = this.t - 1; i >= 0; --i) {
        r.data[i + ds + 1] = this.data[i] >> cbs | c;
        c = (this.data[i] & bm) << bs;
      }
      for (i = ds - 1; i >= 0; --i) r.data[i] = 0;
      r.data[ds] = c;
      r.t = this.t + ds + 1;
      r.s = this.s;
      r.clamp();
    }
    function bnpRShiftTo(n, r) {
      r.s = this.s;
      var ds = Math.floor(n / this.DB);
      if (ds >= this.t) {
        r.t = 0;
        return;
      }
      var bs = n % this.DB;
      var cbs = this.DB - bs;
      var bm = (1 << bs) - 1;
      r.data[0] = this.data[ds] >> bs;
      for (var i = ds + 1; i < this.t; ++i) {
        r.data[i - ds - 1] |= (this.data[i] & bm) << cbs;
        r.data[i - ds] = this.data[i] >> bs;
      }
      if (bs > 0) r.data[this.t - ds - 1] |= (this.s & bm) << cbs;
      r.t = this.t - ds;
      r.clamp();
    }
    function bnpSubTo(a, r) {
      var i = 0, c = 0, m = Math.min(a.t, this.t);
      while (i < m) {
        c += this.data[i] - a.data[i];
        r.data[i++] = c & this.DM;
        c >>= this.DB;
      }
      if (a.t < this.t) {
        c -= a.s;
        while (i < this.t) {
          c += this.data[i];
          r.data[i++] = c & this.DM;
          c >>= this.DB;
        }
        c += this.s;
      } else {
        c += this.s;
        while (i < a.t) {
          c -= a.data[i];
          r.data[i++] = c & this.DM;
          c >>= this.DB;
        }
        c -= a.s;
      }
      r.s = c < 0 ? -1 : 0;
      if (c < -1) r.data[i++] = this.DV + c;
      else if (c > 0) r.data[i++] = c;
      r.t = i;
      r.clamp();
    }
    function bnpMultiplyTo(a, r) {
      var x = this.abs(), y = a.abs();
      var i = x.t;
      r.t = i + y.t;
      while (--i >= 0) r.data[i] = 0;
      for (i = 0; i < y.t; ++i) r.data[i + x.t] = x.am(0, y.data[i], r, i, 0, x.t);
      r.s = 0;
      r.clamp();
      if (this.s != a.s) BigInteger.ZERO.subTo(r, r);
    }
    function bnpSquareTo(r) {
      var x = this.abs();
      var i = r.t = 2 * x.t;
      while (--i >= 0) r.data[i] = 0;
      for (i = 0; i < x.t - 1; ++i) {
        var c = x.am(i, x.data[i], r, 2 * i, 0, 1);
        if ((r.data[i + x.t] += x.am(i + 1, 2 * x.data[i], r, 2 * i + 1, c, x.t - i - 1)) >= x.DV) {
          r.data[i + x.t] -= x.DV;
          r.data[i + x.t + 1] = 1;
        }
      }
      if (r.t > 0) r.data[r.t - 1] += x.am(i, x.data[i], r, 2 * i, 0, 1);
      r.s = 0;
      r.clamp();
    }
    function bnpDivRemTo(m, q, r) {
      var pm = m.abs();
      if (pm.t <= 0) return;
      var pt = this.abs();
      if (pt.t < pm.t) {
        if (q != null) q.fromInt(0);
        if (r != null) this.copyTo(r);
        return;
      }
      if (r == null) r = nbi();
      var y = nbi(), ts = this.s, ms = m.s;
      var nsh = this.DB - nbits(pm.data[pm.t - 1]);
      if (nsh > 0) {
        pm.lShiftTo(nsh, y);
        pt.lShiftTo(nsh, r);
      } else {
        pm.copyTo(y);
        pt.copyTo(r);
      }
      var ys = y.t;
      var y0 = y.data[ys - 1];
      if (y0 == 0) return;
      var yt = y0 * (1 << this.F1) + (ys > 1 ? y.data[ys - 2] >> this.F2 : 0);
      var d1 = this.FV / yt, d2 = (1 << this.F1) / yt, e = 1 << this.F2;
      var i = r.t, j = i - ys, t = q == null ? nbi() : q;
      y.dlShiftTo(j, t);
      if (r.compareTo(t) >= 0) {
        r.data[r.t++] = 1;
        r.subTo(t, r);
      }
      BigInteger.ONE.dlShiftTo(ys, t);
      t.subTo(y, y);
      while (y.t < ys) y.data[y.t++] = 0;
      while (--j >= 0) {
        var qd = r.data[--i] == y0 ? this.DM : Math.floor(r.data[i] * d1 + (r.data[i - 1] + e) * d2);
        if ((r.data[i] += y.am(0, qd, r, j, 0, ys)) < qd) {
          y.dlShiftTo(j, t);
          r.subTo(t, r);
          while (r.data[i] < --qd) r.subTo(t, r);
        }
      }
      if (q != null) {
        r.drShiftTo(ys, q);
        if (ts != ms) BigInteger.ZERO.subTo(q, q);
      }
      r.t = ys;
      r.clamp();
      if (nsh > 0) r.rShiftTo(nsh, r);
      if (ts < 0) BigInteger.ZERO.subTo(r, r);
    }
    function bnMod(a) {
      var r = nbi();
      this.abs().divRemTo(a, null, r);
      if (this.s < 0 && r.compareTo(BigInteger.ZERO) > 0) a.subTo(r, r);
      return r;
    }
    function Classic(m) {
      this.m = m;
    }
    function cConvert(x) {
      if (x.s < 0 || x.compareTo(this.m) >= 0) return x.mod(this.m);
      else return x;
    }
    function cRevert(x) {
      return x;
    }
    function cReduce(x) {
      x.divRemTo(this.m, null, x);
    }
    function cMulTo(x, y, r) {
      x.multiplyTo(y, r);
      this.reduce(r);
    }
    function cSqrTo(x, r) {
      x.squareTo(r);
      this.reduce(r);
    }
    Classic.prototype.convert = cConvert;
    Classic.prototype.revert = cRevert;
    Classic.prototype.reduce = cReduce;
    Classic.prototype.mulTo = cMulTo;
    Classic.prototype.sqrTo = cSqrTo;
    function bnpInvDigit() {
      if (this.t < 1) return 0;
      var x = this.data[0];
      if ((x & 1) == 0) return 0;
      var y = x & 3;
      y = y * (2 - (x & 15) * y) & 15;
      y = y * (2 - (x & 255) * y) & 255;
      y = y * (2 - ((x & 65535) * y & 65535)) & 65535;
      y = y * (2 - x * y % this.DV) % this.DV;
      return y > 0 ? this.DV - y : -y;
    }
    function Montgomery(m) {
      this.m = m;
      this.mp = m.invDigit();
      this.mpl = this.mp & 32767;
      this.mph = this.mp >> 15;
      this.um = (1 << m.DB - 15) - 1;
      this.mt2 = 2 * m.t;
    }
    function montConvert(x) {
      var r = nbi();
      x.abs().dlShiftTo(this.m.t, r);
      r.divRemTo(this.m, null, r);
      if (x.s < 0 && r.compareTo(BigInteger.ZERO) > 0) this.m.subTo(r, r);
      return r;
    }
    function montRevert(x) {
      var r = nbi();
      x.copyTo(r);
      this.reduce(r);
      return r;
    }
    function montReduce(x) {
      while (x.t <= this.mt2)
        x.data[x.t++] = 0;
      for (var i = 0; i < this.m.t; ++i) {
        var j = x.data[i] & 32767;
        var u0 = j * this.mpl + ((j * this.mph + (x.data[i] >> 15) * this.mpl & this.um) << 15) & x.DM;
        j = i + this.m.t;
        x.data[j] += this.m.am(0, u0, x, i, 0, this.m.t);
        while (x.data[j] >= x.DV) {
          x.data[j] -= x.DV;
          x.data[++j]++;
        }
      }
      x.clamp();
      x.drShiftTo(this.m.t, x);
      if (x.compareTo(this.m) >= 0) x.subTo(this.m, x);
    }
    function montSqrTo(x, r) {
      x.squareTo(r);
      this.reduce(r);
    }
    function montMulTo(x, y, r) {
      x.multiplyTo(y, r);
      this.reduce(r);
    }
    Montgomery.prototype.convert = montConvert;
    Montgomery.prototype.revert = montRevert;
    Montgomery.prototype.reduce = montReduce;
    Montgomery.prototype.mulTo = montMulTo;
    Montgomery.prototype.sqrTo = montSqrTo;
    function bnpIsEven() {
      return (this.t > 0 ? this.data[0] & 1 : this.s) == 0;
    }
    function bnpExp(e, z) {
      if (e > 4294967295 || e < 1) return BigInteger.ONE;
      var r = nbi(), r2 = nbi(), g = z.convert(this), i = nbits(e) - 1;
      g.copyTo(r);
      while (--i >= 0) {
        z.sqrTo(r, r2);
        if ((e & 1 << i) > 0) z.mulTo(r2, g, r);
        else {
          var t = r;
          r = r2;
          r2 = t;
        }
      }
      return z.revert(r);
    }
    function bnModPowInt(e, m) {
      var z;
      if (e < 256 || m.isEven()) z = new Classic(m);
      else z = new Montgomery(m);
      return this.exp(e, z);
    }
    BigInteger.prototype.copyTo = bnpCopyTo;
    BigInteger.prototype.fromInt = bnpFromInt;
    BigInteger.prototype.fromString = bnpFromString;
    BigInteger.prototype.clamp = bnpClamp;
    BigInteger.prototype.dlShiftTo = bnpDLShiftTo;
    BigInteger.prototype.drShiftTo = bnpDRShiftTo;
    BigInteger.prototype.lShiftTo = bnpLShiftTo;
    BigInteger.prototype.rShiftTo = bnpRShiftTo;
    BigInteger.prototype.subTo = bnpSubTo;
    BigInteger.prototype.multiplyTo = bnpMultiplyTo;
    BigInteger.prototype.squareTo = bnpSquareTo;
    BigInteger.prototype.divRemTo = bnpDivRemTo;
    BigInteger.prototype.invDigit = bnpInvDigit;
    BigInteger.prototype.isEven = bnpIsEven;
    BigInteger.prototype.exp = bnpExp;
    BigInteger.prototype.toString = bnToString;
    BigInteger.prototype.negate = bnNegate;
    BigInteger.prototype.abs = bnAbs;
    BigInteger.prototype.compareTo = bnCompareTo;
    BigInteger.prototype.bitLength = bnBitLength;
    BigInteger.prototype.mod = bnMod;
    BigInteger.prototype.modPowInt = bnModPowInt;
    BigInteger.ZERO = nbv(0);
    BigInteger.ONE = nbv(1);
    function bnClone() {
      var r = nbi();
      this.copyTo(r);
      return r;
    }
    function bnIntValue() {
      if (this.s < 0) {
        if (this.t == 1) return this.data[0] - this.DV;
        else if (this.t == 0) return -1;
      } else if (this.t == 1) return this.data[0];
      else if (this.t == 0) return 0;
      return (this.data[1] & (1 << 32 - this.DB) - 1) << this.DB | this.data[0];
    }
    function bnByteValue() {
      return this.t == 0 ? this.s : this.data[0] << 24 >> 24;
    }
    function bnShortValue() {
      return this.t == 0 ? this.s : this.data[0] << 16 >> 16;
    }
    function bnpChunkSize(r) {
      return Math.floor(Math.LN2 * this.DB / Math.log(r));
    }
    function bnSigNum() {
      if (this.s < 0) return -1;
      else if (this.t <= 0 || this.t == 1 && this.data[0] <= 0) return 0;
      else return 1;
    }
    function bnpToRadix(b) {
      if (b == null) b = 10;
      if (this.signum() == 0 || b < 2 || b > 36) return "0";
      var cs = this.chunkSize(b);
      var a = Math.pow(b, cs);
      var d = nbv(a), y = nbi(), z = nbi(), r = "";
      this.divRemTo(d, y, z);
      while (y.signum() > 0) {
        r = (a + z.intValue()).toString(b).substr(1) + r;
        y.divRemTo(d, y, z);
      }
      return z.intValue().toString(b) + r;
    }
    function bnpFromRadix(s, b) {
      this.fromInt(0);
      if (b == null) b = 10;
      var cs = this.chunkSize(b);
      var d = Math.pow(b, cs), mi = false, j = 0, w = 0;
      for (var i = 0; i < s.length; ++i) {
        var x = intAt(s, i);
        if (x < 0) {
          if (s.charAt(i) == "-" && this.signum() == 0) mi = true;
          continue;
        }
        w = b * w + x;
        if (++j >= cs) {
          this.dMultiply(d);
          this.dAddOffset(w, 0);
          j = 0;
          w = 0;
        }
      }
      if (j > 0) {
        this.dMultiply(Math.pow(b, j));
        this.dAddOffset(w, 0);
      }
      if (mi) BigInteger.ZERO.subTo(this, this);
    }
    function bnpFromNumber(a, b, c) {
      if ("number" == typeof b) {
        if (a < 2) this.fromInt(1);
        else {
          this.fromNumber(a, c);
          if (!this.testBit(a - 1))
            this.bitwiseTo(BigInteger.ONE.shiftLeft(a - 1), op_or, this);
          if (this.isEven()) this.dAddOffset(1, 0);
          while (!this.isProbablePrime(b)) {
            this.dAddOffset(2, 0);
            if (this.bitLength() > a) this.subTo(BigInteger.ONE.shiftLeft(a - 1), this);
          }
        }
      } else {
        var x = new Array(), t = a & 7;
        x.length = (a >> 3) + 1;
        b.nextBytes(x);
        if (t > 0) x[0] &= (1 << t) - 1;
        else x[0] = 0;
        this.fromString(x, 256);
      }
    }
    function bnToByteArray() {
      var i = this.t, r = new Array();
      r[0] = this.s;
      var p = this.DB - i * this.DB % 8, d, k = 0;
      if (i-- > 0) {
        if (p < this.DB && (d = this.data[i] >> p) != (this.s & this.DM) >> p)
          r[k++] = d | this.s << this.DB - p;
        while (i >= 0) {
          if (p < 8) {
            d = (this.data[i] & (1 << p) - 1) << 8 - p;
            d |= this.data[--i] >> (p += this.DB - 8);
          } else {
            d = this.data[i] >> (p -= 8) & 255;
            if (p <= 0) {
              p += this.DB;
              --i;
            }
          }
          if ((d & 128) != 0) d |= -256;
          if (k == 0 && (this.s & 128) != (d & 128)) ++k;
          if (k > 0 || d != this.s) r[k++] = d;
        }
      }
      return r;
    }
    function bnEquals(a) {
      return this.compareTo(a) == 0;
    }
    function bnMin(a) {
      return this.compareTo(a) < 0 ? this : a;
    }
    function bnMax(a) {
      return this.compareTo(a) > 0 ? this : a;
    }
    function bnpBitwiseTo(a, op, r) {
      var i, f, m = Math.min(a.t, this.t);
      for (i = 0; i < m; ++i) r.data[i] = op(this.data[i], a.data[i]);
      if (a.t < this.t) {
        f = a.s & this.DM;
        for (i = m; i < this.t; ++i) r.data[i] = op(this.data[i], f);
        r.t = this.t;
      } else {
        f = this.s & this.DM;
        for (i = m; i < a.t; ++i) r.data[i] = op(f, a.data[i]);
        r.t = a.t;
      }
      r.s = op(this.s, a.s);
      r.clamp();
    }
    function op_and(x, y) {
      return x & y;
    }
    function bnAnd(a) {
      var r = nbi();
      this.bitwiseTo(a, op_and, r);
      return r;
    }
    function op_or(x, y) {
      return x | y;
    }
    function bnOr(a) {
      var r = nbi();
      this.bitwiseTo(a, op_or, r);
      return r;
    }
    function op_xor(x, y) {
      return x ^ y;
    }
    function bnXor(a) {
      var r = nbi();
      this.bitwiseTo(a, op_xor, r);
      return r;
    }
    function op_andnot(x, y) {
      return x & ~y;
    }
    function bnAndNot(a) {
      var r = nbi();
      this.bitwiseTo(a, op_andnot, r);
      return r;
    }
    function bnNot() {
      var r = nbi();
      for (var i = 0; i < this.t; ++i) r.data[i] = this.DM & ~this.data[i];
      r.t = this.t;
      r.s = ~this.s;
      return r;
    }
    function bnShiftLeft(n) {
      var r = nbi();
      if (n < 0) this.rShiftTo(-n, r);
      else this.lShiftTo(n, r);
      return r;
    }
    function bnShiftRight(n) {
      var r = nbi();
      if (n < 0) this.lShiftTo(-n, r);
      else this.rShiftTo(n, r);
      return r;
    }
    function lbit(x) {
      if (x == 0) return -1;
      var r = 0;
      if ((x & 65535) == 0) {
        x >>= 16;
        r += 16;
      }
      if ((x & 255) == 0) {
        x >>= 8;
        r += 8;
      }
      if ((x & 15) == 0) {
        x >>= 4;
        r += 4;
      }
      if ((x & 3) == 0) {
        x >>= 2;
        r += 2;
      }
      if ((x & 1) == 0) ++r;
      return r;
    }
    function bnGetLowestSetBit() {
      for (var i = 0; i < this.t; ++i)
        if (this.data[i] != 0) return i * this.DB + lbit(this.data[i]);
      if (this.s < 0) return this.t * this.DB;
      return -1;
    }
    function cbit(x) {
      var r = 0;
      while (x != 0) {
        x &= x - 1;
        ++r;
      }
      return r;
    }
    function bnBitCount() {
      var r = 0, x = this.s & this.DM;
      for (var i = 0; i < this.t; ++i) r += cbit(this.data[i] ^ x);
      return r;
    }
    function bnTestBit(n) {
      var j = Math.floor(n / this.DB);
      if (j >= this.t) return this.s != 0;
      return (this.data[j] & 1 << n % this.DB) != 0;
    }
    function bnpChangeBit(n, op) {
      var r = BigInteger.ONE.shiftLeft(n);
      this.bitwiseTo(r, op, r);
      return r;
    }
    function bnSetBit(n) {
      return this.changeBit(n, op_or);
    }
    function bnClearBit(n) {
      return this.changeBit(n, op_andnot);
    }
    function bnFlipBit(n) {
      return this.changeBit(n, op_xor);
    }
    function bnpAddTo(a, r) {
      var i = 0, c = 0, m = Math.min(a.t, this.t);
      while (i < m) {
        c += this.data[i] + a.data[i];
        r.data[i++] = c & this.DM;
        c >>= this.DB;
      }
      if (a.t < this.t) {
        c += a.s;
        while (i < this.t) {
          c += this.data[i];
          r.data[i++] = c & this.DM;
          c >>= this.DB;
        }
        c += this.s;
      } else {
        c += this.s;
        while (i < a.t) {
          c += a.data[i];
          r.data[i++] = c & this.DM;
          c >>= this.DB;
        }
        c += a.s;
      }
      r.s = c < 0 ? -1 : 0;
      if (c > 0) r.data[i++] = c;
      else if (c < -1) r.data[i++] = this.DV + c;
      r.t = i;
      r.clamp();
    }
    function bnAdd(a) {
      var r = nbi();
      this.addTo(a, r);
      return r;
    }
    function bnSubtract(a) {
      var r = nbi();
      this.subTo(a, r);
      return r;
    }
    function bnMultiply(a) {
      var r = nbi();
      this.multiplyTo(a, r);
      return r;
    }
    function bnSquare() {
      var r = nbi();
      this.squareTo(r);
      return r;
    }
    function bnDivide(a) {
      var r = nbi();
      this.divRemTo(a, r, null);
      return r;
    }
    function bnRemainder(a) {
      var r = nbi();
      this.divRemTo(a, null, r);
      return r;
    }
    function bnDivideAndRemainder(a) {
      var q = nbi(), r = nbi();
      this.divRemTo(a, q, r);
      return new Array(q, r);
    }
    function bnpDMultiply(n) {
      this.data[this.t] = this.am(0, n - 1, this, 0, 0, this.t);
      ++this.t;
      this.clamp();
    }
    function bnpDAddOffset(n, w) {
      if (n == 0) return;
      while (this.t <= w) this.data[this.t++] = 0;
      this.data[w] += n;
      while (this.data[w] >= this.DV) {
        this.data[w] -= this.DV;
        if (++w >= this.t) this.data[this.t++] = 0;
        ++this.data[w];
      }
    }
    function NullExp() {
    }
    function nNop(x) {
      return x;
    }
    function nMulTo(x, y, r) {
      x.multiplyTo(y, r);
    }
    function nSqrTo(x, r) {
      x.squareTo(r);
    }
    NullExp.prototype.convert = nNop;
    NullExp.prototype.revert = nNop;
    NullExp.prototype.mulTo = nMulTo;
    NullExp.prototype.sqrTo = nSqrTo;
    function bnPow(e) {
      return this.exp(e, new NullExp());
    }
    function bnpMultiplyLowerTo(a, n, r) {
      var i = Math.min(this.t + a.t, n);
      r.s = 0;
      r.t = i;
      while (i > 0) r.data[--i] = 0;
      var j;
      for (j = r.t - this.t; i < j; ++i) r.data[i + this.t] = this.am(0, a.data[i], r, i, 0, this.t);
      for (j = Math.min(a.t, n); i < j; ++i) this.am(0, a.data[i], r, i, 0, n - i);
      r.clamp();
    }
    function bnpMultiplyUpperTo(a, n, r) {
      --n;
      var i = r.t = this.t + a.t - n;
      r.s = 0;
      while (--i >= 0) r.data[i] = 0;
      for (i = Math.max(n - this.t, 0); i < a.t; ++i)
        r.data[this.t + i - n] = this.am(n - i, a.data[i], r, 0, 0, this.t + i - n);
      r.clamp();
      r.drShiftTo(1, r);
    }
    function Barrett(m) {
      this.r2 = nbi();
      this.q3 = nbi();
      BigInteger.ONE.dlShiftTo(2 * m.t, this.r2);
      this.mu = this.r2.divide(m);
      this.m = m;
    }
    function barrettConvert(x) {
      if (x.s < 0 || x.t > 2 * this.m.t) return x.mod(this.m);
      else if (x.compareTo(this.m) < 0) return x;
      else {
        var r = nbi();
        x.copyTo(r);
        this.reduce(r);
        return r;
      }
    }
    function barrettRevert(x) {
      return x;
    }
    function barrettReduce(x) {
      x.drShiftTo(this.m.t - 1, this.r2);
      if (x.t > this.m.t + 1) {
        x.t = this.m.t + 1;
        x.clamp();
      }
      this.mu.multiplyUpperTo(this.r2, this.m.t + 1, this.q3);
      this.m.multiplyLowerTo(this.q3, this.m.t + 1, this.r2);
      while (x.compareTo(this.r2) < 0) x.dAddOffset(1, this.m.t + 1);
      x.subTo(this.r2, x);
      while (x.compareTo(this.m) >= 0) x.subTo(this.m, x);
    }
    function barrettSqrTo(x, r) {
      x.squareTo(r);
      this.reduce(r);
    }
    function barrettMulTo(x, y, r) {
      x.multiplyTo(y, r);
      this.reduce(r);
    }
    Barrett.prototype.convert = barrettConvert;
    Barrett.prototype.revert = barrettRevert;
    Barrett.prototype.reduce = barrettReduce;
    Barrett.prototype.mulTo = barrettMulTo;
    Barrett.prototype.sqrTo = barrettSqrTo;
    function bnModPow(e, m) {
      var i = e.bitLength(), k, r = nbv(1), z;
      if (i <= 0) return r;
      else if (i < 18) k = 1;
      else if (i < 48) k = 3;
      else if (i < 144) k = 4;
      else if (i < 768) k = 5;
      else k = 6;
      if (i < 8)
        z = new Classic(m);
      else if (m.isEven())
        z = new Barrett(m);
      else
        z = new Montgomery(m);
      var g = new Array(), n = 3, k1 = k - 1, km = (1 << k) - 1;
      g[1] = z.convert(this);
      if (k > 1) {
        var g2 = nbi();
        z.sqrTo(g[1], g2);
        while (n <= km) {
          g[n] = nbi();
          z.mulTo(g2, g[n - 2], g[n]);
          n += 2;
        }
      }
      var j = e.t - 1, w, is1 = true, r2 = nbi(), t;
      i = nbits(e.data[j]) - 1;
      while (j >= 0) {
        if (i >= k1) w = e.data[j] >> i - k1 & km;
        else {
          w = (e.data[j] & (1 << i + 1) - 1) << k1 - i;
          if (j > 0) w |= e.data[j - 1] >> this.DB + i - k1;
        }
        n = k;
        while ((w & 1) == 0) {
          w >>= 1;
          --n;
        }
        if ((i -= n) < 0) {
          i += this.DB;
          --j;
        }
        if (is1) {
          g[w].copyTo(r);
          is1 = false;
        } else {
          while (n > 1) {
            z.sqrTo(r, r2);
            z.sqrTo(r2, r);
            n -= 2;
          }
          if (n > 0) z.sqrTo(r, r2);
          else {
            t = r;
            r = r2;
            r2 = t;
          }
          z.mulTo(r2, g[w], r);
        }
        while (j >= 0 && (e.data[j] & 1 << i) == 0) {
          z.sqrTo(r, r2);
          t = r;
          r = r2;
          r2 = t;
          if (--i < 0) {
            i = this.DB - 1;
            --j;
          }
        }
      }
      return z.revert(r);
    }
    function bnGCD(a) {
      var x = this.s < 0 ? this.negate() : this.clone();
      var y = a.s < 0 ? a.negate() : a.clone();
      if (x.compareTo(y) < 0) {
        var t = x;
        x = y;
        y = t;
      }
      var i = x.getLowestSetBit(), g = y.getLowestSetBit();
      if (g < 0) return x;
      if (i < g) g = i;
      if (g > 0) {
        x.rShiftTo(g, x);
        y.rShiftTo(g, y);
      }
      while (x.signum() > 0) {
        if ((i = x.getLowestSetBit()) > 0) x.rShiftTo(i, x);
        if ((i = y.getLowestSetBit()) > 0) y.rShiftTo(i, y);
        if (x.compareTo(y) >= 0) {
          x.subTo(y, x);
          x.rShiftTo(1, x);
        } else {
          y.subTo(x, y);
          y.rShiftTo(1, y);
        }
      }
      if (g > 0) y.lShiftTo(g, y);
      return y;
    }
    function bnpModInt(n) {
      if (n <= 0) return 0;
      var d = this.DV % n, r = this.s < 0 ? n - 1 : 0;
      if (this.t > 0)
        if (d == 0) r = this.data[0] % n;
        else for (var i = this.t - 1; i >= 0; --i) r = (d * r + this.data[i]) % n;
      return r;
    }
    function bnModInverse(m) {
      if (this.signum() <= 0 || m.signum() <= 0) {
        return BigInteger.ZERO;
      }
      var ac = m.isEven();
      if (this.isEven() && ac || m.signum() == 0) return BigInteger.ZERO;
      var u = m.clone(), v = this.clone();
      var a = nbv(1), b = nbv(0), c = nbv(0), d = nbv(1);
      while (u.signum() != 0) {
        while (u.isEven()) {
          u.rShiftTo(1, u);
          if (ac) {
            if (!a.isEven() || !b.isEven()) {
              a.addTo(this, a);
              b.subTo(m, b);
            }
            a.rShiftTo(1, a);
          } else if (!b.isEven()) b.subTo(m, b);
          b.rShiftTo(1, b);
        }
        while (v.isEven()) {
          v.rShiftTo(1, v);
          if (ac) {
            if (!c.isEven() || !d.isEven()) {
              c.addTo(this, c);
              d.subTo(m, d);
            }
            c.rShiftTo(1, c);
          } else if (!d.isEven()) d.subTo(m, d);
          d.rShiftTo(1, d);
        }
        if (u.compareTo(v) >= 0) {
          u.subTo(v, u);
          if (ac) a.subTo(c, a);
          b.subTo(d, b);
        } else {
          v.subTo(u, v);
          if (ac) c.subTo(a, c);
          d.subTo(b, d);
        }
      }
      if (v.compareTo(BigInteger.ONE) != 0) return BigInteger.ZERO;
      if (d.compareTo(m) >= 0) return d.subtract(m);
      if (d.signum() < 0) d.addTo(m, d);
      else return d;
      if (d.signum() < 0) return d.add(m);
      else return d;
    }
    var lowprimes = [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239, 241, 251, 257, 263, 269, 271, 277, 281, 283, 293, 307, 311, 313, 317, 331, 337, 347, 349, 353, 359, 367, 373, 379, 383, 389, 397, 401, 409, 419, 421, 431, 433, 439, 443, 449, 457, 461, 463, 467, 479, 487, 491, 499, 503, 509, 521, 523, 541, 547, 557, 563, 569, 571, 577, 587, 593, 599, 601, 607, 613, 617, 619, 631, 641, 643, 647, 653, 659, 661, 673, 677, 683, 691, 701, 709, 719, 727, 733, 739, 743, 751, 757, 761, 769, 773, 787, 797, 809, 811, 821, 823, 827, 829, 839, 853, 857, 859, 863, 877, 881, 883, 887, 907, 911, 919, 929, 937, 941, 947, 953, 967, 971, 977, 983, 991, 997];
    var lplim = (1 << 26) / lowprimes[lowprimes.length - 1];
    function bnIsProbablePrime(t) {
      var i, x = this.abs();
      if (x.t == 1 && x.data[0] <= lowprimes[lowprimes.length - 1]) {
        for (i = 0; i < lowprimes.length; ++i)
          if (x.data[0] == lowprimes[i]) return true;
        return false;
      }
      if (x.isEven()) return false;
      i = 1;
      while (i < lowprimes.length) {
        var m = lowprimes[i], j = i + 1;
        while (j < lowprimes.length && m < lplim) m *= lowprimes[j++];
        m = x.modInt(m);
        while (i < j) if (m % lowprimes[i++] == 0) return false;
      }
      return x.millerRabin(t);
    }
    function bnpMillerRabin(t) {
      var n1 = this.subtract(BigInteger.ONE);
      var k = n1.getLowestSetBit();
      if (k <= 0) return false;
      var r = n1.shiftRight(k);
      var prng = bnGetPrng();
      var a;
      for (var i = 0; i < t; ++i) {
        do {
          a = new BigInteger(this.bitLength(), prng);
        } while (a.compareTo(BigInteger.ONE) <= 0 || a.compareTo(n1) >= 0);
        var y = a.modPow(r, this);
        if (y.compareTo(BigInteger.ONE) != 0 && y.compareTo(n1) != 0) {
          var j = 1;
          while (j++ < k && y.compareTo(n1) != 0) {
            y = y.modPowInt(2, this);
            if (y.compareTo(BigInteger.ONE) == 0) return false;
          }
          if (y.compareTo(n1) != 0) return false;
        }
      }
      return true;
    }
    function bnGetPrng() {
      return {
        // x is an array to fill with bytes
        nextBytes: function(x) {
          for (var i = 0; i < x.length; ++i) {
            x[i] = Math.floor(Math.random() * 256);
          }
        }
      };
    }
    BigInteger.prototype.chunkSize = bnpChunkSize;
    BigInteger.prototype.toRadix = bnpToRadix;
    BigInteger.prototype.fromRadix = bnpFromRadix;
    BigInteger.prototype.fromNumber = bnpFromNumber;
    BigInteger.prototype.bitwiseTo = bnpBitwiseTo;
    BigInteger.prototype.changeBit = bnpChangeBit;
    BigInteger.prototype.addTo = bnpAddTo;
    BigInteger.prototype.dMultiply = bnpDMultiply;
    BigInteger.prototype.dAddOffset = bnpDAddOffset;
    BigInteger.prototype.multiplyLowerTo = bnpMultiplyLowerTo;
    BigInteger.prototype.multiplyUpperTo = bnpMultiplyUpperTo;
    BigInteger.prototype.modInt = bnpModInt;
    BigInteger.prototype.millerRabin = bnpMillerRabin;
    BigInteger.prototype.clone = bnClone;
    BigInteger.prototype.intValue = bnIntValue;
    BigInteger.prototype.byteValue = bnByteValue;
    BigInteger.prototype.shortValue = bnShortValue;
    BigInteger.prototype.signum = bnSigNum;
    BigInteger.prototype.toByteArray = bnToByteArray;
    BigInteger.prototype.equals = bnEquals;
    BigInteger.prototype.min = bnMin;
    BigInteger.prototype.max = bnMax;
    BigInteger.prototype.and = bnAnd;
    BigInteger.prototype.or = bnOr;
    BigInteger.prototype.xor = bnXor;
    BigInteger.prototype.andNot = bnAndNot;
    BigInteger.prototype.not = bnNot;
    BigInteger.prototype.shiftLeft = bnShiftLeft;
    BigInteger.prototype.shiftRight = bnShiftRight;
    BigInteger.prototype.getLowestSetBit = bnGetLowestSetBit;
    BigInteger.prototype.bitCount = bnBitCount;
    BigInteger.prototype.testBit = bnTestBit;
    BigInteger.prototype.setBit = bnSetBit;
    BigInteger.prototype.clearBit = bnClearBit;
    BigInteger.prototype.flipBit = bnFlipBit;
    BigInteger.prototype.add = bnAdd;
    BigInteger.prototype.subtract = bnSubtract;
    BigInteger.prototype.multiply = bnMultiply;
    BigInteger.prototype.divide = bnDivide;
    BigInteger.prototype.remainder = bnRemainder;
    BigInteger.prototype.divideAndRemainder = bnDivideAndRemainder;
    BigInteger.prototype.modPow = bnModPow;
    BigInteger.prototype.modInverse = bnModInverse;
    BigInteger.prototype.pow = bnPow;
    BigInteger.prototype.gcd = bnGCD;
    BigInteger.prototype.isProbablePrime = bnIsProbablePrime;
    BigInteger.prototype.square = bnSquare;
  }
});

// node_modules/node-forge/lib/sha1.js
var require_sha1 = __commonJS({
  "node_modules/node-forge/lib/sha1.js"(exports2, module2) {
    var forge2 = require_forge();
    require_md();
    require_util();
    var sha1 = module2.exports = forge2.sha1 = forge2.sha1 || {};
    forge2.md.sha1 = forge2.md.algorithms.sha1 = sha1;
    sha1.create = function() {
      if (!_initialized) {
        _init();
      }
      var _state = null;
      var _input = forge2.util.createBuffer();
      var _w = new Array(80);
      var md = {
        algorithm: "sha1",
        blockLength: 64,
        digestLength: 20,
        // 56-bit length of message so far (does not including padding)
        messageLength: 0,
        // true message length
        fullMessageLength: null,
        // size of message length in bytes
        messageLengthSize: 8
      };
      md.start = function() {
        md.messageLength = 0;
        md.fullMessageLength = md.messageLength64 = [];
        var int32s = md.messageLengthSize / 4;
        for (var i = 0; i < int32s; ++i) {
          md.fullMessageLength.push(0);
        }
        _input = forge2.util.createBuffer();
        _state = {
          h0: 1732584193,
          h1: 4023233417,
          h2: 2562383102,
          h3: 271733878,
          h4: 3285377520
        };
        return md;
      };
      md.start();
      md.update = function(msg, encoding) {
        if (encoding === "utf8") {
          msg = forge2.util.encodeUtf8(msg);
        }
        var len = msg.length;
        md.messageLength += len;
        len = [len / 4294967296 >>> 0, len >>> 0];
        for (var i = md.fullMessageLength.length - 1; i >= 0; --i) {
          md.fullMessageLength[i] += len[1];
          len[1] = len[0] + (md.fullMessageLength[i] / 4294967296 >>> 0);
          md.fullMessageLength[i] = md.fullMessageLength[i] >>> 0;
          len[0] = len[1] / 4294967296 >>> 0;
        }
        _input.putBytes(msg);
        _update(_state, _w, _input);
        if (_input.read > 2048 || _input.length() === 0) {
          _input.compact();
        }
        return md;
      };
      md.digest = function() {
        var finalBlock = forge2.util.createBuffer();
        finalBlock.putBytes(_input.bytes());
        var remaining = md.fullMessageLength[md.fullMessageLength.length - 1] + md.messageLengthSize;
        var overflow = remaining & md.blockLength - 1;
        finalBlock.putBytes(_padding.substr(0, md.blockLength - overflow));
        var next, carry;
        var bits = md.fullMessageLength[0] * 8;
        for (var i = 0; i < md.fullMessageLength.length - 1; ++i) {
          next = md.fullMessageLength[i + 1] * 8;
          carry = next / 4294967296 >>> 0;
          bits += carry;
          finalBlock.putInt32(bits >>> 0);
          bits = next >>> 0;
        }
        finalBlock.putInt32(bits);
        var s2 = {
          h0: _state.h0,
          h1: _state.h1,
          h2: _state.h2,
          h3: _state.h3,
          h4: _state.h4
        };
        _update(s2, _w, finalBlock);
        var rval = forge2.util.createBuffer();
        rval.putInt32(s2.h0);
        rval.putInt32(s2.h1);
        rval.putInt32(s2.h2);
        rval.putInt32(s2.h3);
        rval.putInt32(s2.h4);
        return rval;
      };
      return md;
    };
    var _padding = null;
    var _initialized = false;
    function _init() {
      _padding = String.fromCharCode(128);
      _padding += forge2.util.fillString(String.fromCharCode(0), 64);
      _initialized = true;
    }
    function _update(s, w, bytes) {
      var t, a, b, c, d, e, f, i;
      var len = bytes.length();
      while (len >= 64) {
        a = s.h0;
        b = s.h1;
        c = s.h2;
        d = s.h3;
        e = s.h4;
        for (i = 0; i < 16; ++i) {
          t = bytes.getInt32();
          w[i] = t;
          f = d ^ b & (c ^ d);
          t = (a << 5 | a >>> 27) + f + e + 1518500249 + t;
          e = d;
          d = c;
          c = (b << 30 | b >>> 2) >>> 0;
          b = a;
          a = t;
        }
        for (; i < 20; ++i) {
          t = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
          t = t << 1 | t >>> 31;
          w[i] = t;
          f = d ^ b & (c ^ d);
          t = (a << 5 | a >>> 27) + f + e + 1518500249 + t;
          e = d;
          d = c;
          c = (b << 30 | b >>> 2) >>> 0;
          b = a;
          a = t;
        }
        for (; i < 32; ++i) {
          t = w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16];
          t = t << 1 | t >>> 31;
          w[i] = t;
          f = b ^ c ^ d;
          t = (a << 5 | a >>> 27) + f + e + 1859775393 + t;
          e = d;
          d = c;
          c = (b << 30 | b >>> 2) >>> 0;
          b = a;
          a = t;
        }
        for (; i < 40; ++i) {
          t = w[i - 6] ^ w[i - 16] ^ w[i - 28] ^ w[i - 32];
          t = t << 2 | t >>> 30;
          w[i] = t;
          f = b ^ c ^ d;
          t = (a << 5 | a >>> 27) + f + e + 1859775393 + t;
          e = d;
          d = c;
          c = (b << 30 | b >>> 2) >>> 0;
          b = a;
          a = t;
        }
        for (; i < 60; ++i) {
          t = w[i - 6] ^ w[i - 16] ^ w[i - 28] ^ w[i - 32];
          t = t << 2 | t >>> 30;
          w[i] = t;
          f = b & c | d & (b ^ c);
          t = (a << 5 | a >>> 27) + f + e + 2400959708 + t;
          e = d;
          d = c;
          c = (b << 30 | b >>> 2) >>> 0;
          b = a;
          a = t;
        }
        for (; i < 80; ++i) {
          t = w[i - 6] ^ w[i - 16] ^ w[i - 28] ^ w[i - 32];
          t = t << 2 | t >>> 30;
          w[i] = t;
          f = b ^ c ^ d;
          t = (a << 5 | a >>> 27) + f + e + 3395469782 + t;
          e = d;
          d = c;
          c = (b << 30 | b >>> 2) >>> 0;
          b = a;
          a = t;
        }
        s.h0 = s.h0 + a | 0;
        s.h1 = s.h1 + b | 0;
        s.h2 = s.h2 + c | 0;
        s.h3 = s.h3 + d | 0;
        s.h4 = s.h4 + e | 0;
        len -= 64;
      }
    }
  }
});

// node_modules/node-forge/lib/pkcs1.js
var require_pkcs1 = __commonJS({
  "node_modules/node-forge/lib/pkcs1.js"(exports2, module2) {
    var forge2 = require_forge();
    require_util();
    require_random();
    require_sha1();
    var pkcs1 = module2.exports = forge2.pkcs1 = forge2.pkcs1 || {};
    pkcs1.encode_rsa_oaep = function(key, message2, options) {
      var label;
      var seed;
      var md;
      var mgf1Md;
      if (typeof options === "string") {
        label = options;
        seed = arguments[3] || void 0;
        md = arguments[4] || void 0;
      } else if (options) {
        label = options.label || void 0;
        seed = options.seed || void 0;
        md = options.md || void 0;
        if (options.mgf1 && options.mgf1.md) {
          mgf1Md = options.mgf1.md;
        }
      }
      if (!md) {
        md = forge2.md.sha1.create();
      } else {
        md.start();
      }
      if (!mgf1Md) {
        mgf1Md = md;
      }
      var keyLength = Math.ceil(key.n.bitLength() / 8);
      var maxLength = keyLength - 2 * md.digestLength - 2;
      if (message2.length > maxLength) {
        var error = new Error("RSAES-OAEP input message length is too long.");
        error.length = message2.length;
        error.maxLength = maxLength;
        throw error;
      }
      if (!label) {
        label = "";
      }
      md.update(label, "raw");
      var lHash = md.digest();
      var PS = "";
      var PS_length = maxLength - message2.length;
      for (var i = 0; i < PS_length; i++) {
        PS += "\0";
      }
      var DB = lHash.getBytes() + PS + "" + message2;
      if (!seed) {
        seed = forge2.random.getBytes(md.digestLength);
      } else if (seed.length !== md.digestLength) {
        var error = new Error("Invalid RSAES-OAEP seed. The seed length must match the digest length.");
        error.seedLength = seed.length;
        error.digestLength = md.digestLength;
        throw error;
      }
      var dbMask = rsa_mgf1(seed, keyLength - md.digestLength - 1, mgf1Md);
      var maskedDB = forge2.util.xorBytes(DB, dbMask, DB.length);
      var seedMask = rsa_mgf1(maskedDB, md.digestLength, mgf1Md);
      var maskedSeed = forge2.util.xorBytes(seed, seedMask, seed.length);
      return "\0" + maskedSeed + maskedDB;
    };
    pkcs1.decode_rsa_oaep = function(key, em, options) {
      var label;
      var md;
      var mgf1Md;
      if (typeof options === "string") {
        label = options;
        md = arguments[3] || void 0;
      } else if (options) {
        label = options.label || void 0;
        md = options.md || void 0;
        if (options.mgf1 && options.mgf1.md) {
          mgf1Md = options.mgf1.md;
        }
      }
      var keyLength = Math.ceil(key.n.bitLength() / 8);
      if (em.length !== keyLength) {
        var error = new Error("RSAES-OAEP encoded message length is invalid.");
        error.length = em.length;
        error.expectedLength = keyLength;
        throw error;
      }
      if (md === void 0) {
        md = forge2.md.sha1.create();
      } else {
        md.start();
      }
      if (!mgf1Md) {
        mgf1Md = md;
      }
      if (keyLength < 2 * md.digestLength + 2) {
        throw new Error("RSAES-OAEP key is too short for the hash function.");
      }
      if (!label) {
        label = "";
      }
      md.update(label, "raw");
      var lHash = md.digest().getBytes();
      var y = em.charAt(0);
      var maskedSeed = em.substring(1, md.digestLength + 1);
      var maskedDB = em.substring(1 + md.digestLength);
      var seedMask = rsa_mgf1(maskedDB, md.digestLength, mgf1Md);
      var seed = forge2.util.xorBytes(maskedSeed, seedMask, maskedSeed.length);
      var dbMask = rsa_mgf1(seed, keyLength - md.digestLength - 1, mgf1Md);
      var db = forge2.util.xorBytes(maskedDB, dbMask, maskedDB.length);
      var lHashPrime = db.substring(0, md.digestLength);
      var error = y !== "\0";
      for (var i = 0; i < md.digestLength; ++i) {
        error |= lHash.charAt(i) !== lHashPrime.charAt(i);
      }
      var in_ps = 1;
      var index = md.digestLength;
      for (var j = md.digestLength; j < db.length; j++) {
        var code2 = db.charCodeAt(j);
        var is_0 = code2 & 1 ^ 1;
        var error_mask = in_ps ? 65534 : 0;
        error |= code2 & error_mask;
        in_ps = in_ps & is_0;
        index += in_ps;
      }
      if (error || db.charCodeAt(index) !== 1) {
        throw new Error("Invalid RSAES-OAEP padding.");
      }
      return db.substring(index + 1);
    };
    function rsa_mgf1(seed, maskLength, hash) {
      if (!hash) {
        hash = forge2.md.sha1.create();
      }
      var t = "";
      var count = Math.ceil(maskLength / hash.digestLength);
      for (var i = 0; i < count; ++i) {
        var c = String.fromCharCode(
          i >> 24 & 255,
          i >> 16 & 255,
          i >> 8 & 255,
          i & 255
        );
        hash.start();
        hash.update(seed + c);
        t += hash.digest().getBytes();
      }
      return t.substring(0, maskLength);
    }
  }
});

// node_modules/node-forge/lib/prime.js
var require_prime = __commonJS({
  "node_modules/node-forge/lib/prime.js"(exports2, module2) {
    var forge2 = require_forge();
    require_util();
    require_jsbn();
    require_random();
    (function() {
      if (forge2.prime) {
        module2.exports = forge2.prime;
        return;
      }
      var prime = module2.exports = forge2.prime = forge2.prime || {};
      var BigInteger = forge2.jsbn.BigInteger;
      var GCD_30_DELTA = [6, 4, 2, 4, 2, 4, 6, 2];
      var THIRTY = new BigInteger(null);
      THIRTY.fromInt(30);
      var op_or = function(x, y) {
        return x | y;
      };
      prime.generateProbablePrime = function(bits, options, callback) {
        if (typeof options === "function") {
          callback = options;
          options = {};
        }
        options = options || {};
        var algorithm = options.algorithm || "PRIMEINC";
        if (typeof algorithm === "string") {
          algorithm = { name: algorithm };
        }
        algorithm.options = algorithm.options || {};
        var prng = options.prng || forge2.random;
        var rng = {
          // x is an array to fill with bytes
          nextBytes: function(x) {
            var b = prng.getBytesSync(x.length);
            for (var i = 0; i < x.length; ++i) {
              x[i] = b.charCodeAt(i);
            }
          }
        };
        if (algorithm.name === "PRIMEINC") {
          return primeincFindPrime(bits, rng, algorithm.options, callback);
        }
        throw new Error("Invalid prime generation algorithm: " + algorithm.name);
      };
      function primeincFindPrime(bits, rng, options, callback) {
        if ("workers" in options) {
          return primeincFindPrimeWithWorkers(bits, rng, options, callback);
        }
        return primeincFindPrimeWithoutWorkers(bits, rng, options, callback);
      }
      function primeincFindPrimeWithoutWorkers(bits, rng, options, callback) {
        var num = generateRandom(bits, rng);
        var deltaIdx = 0;
        var mrTests = getMillerRabinTests(num.bitLength());
        if ("millerRabinTests" in options) {
          mrTests = options.millerRabinTests;
        }
        var maxBlockTime = 10;
        if ("maxBlockTime" in options) {
          maxBlockTime = options.maxBlockTime;
        }
        _primeinc(num, bits, rng, deltaIdx, mrTests, maxBlockTime, callback);
      }
      function _primeinc(num, bits, rng, deltaIdx, mrTests, maxBlockTime, callback) {
        var start = +/* @__PURE__ */ new Date();
        do {
          if (num.bitLength() > bits) {
            num = generateRandom(bits, rng);
          }
          if (num.isProbablePrime(mrTests)) {
            return callback(null, num);
          }
          num.dAddOffset(GCD_30_DELTA[deltaIdx++ % 8], 0);
        } while (maxBlockTime < 0 || +/* @__PURE__ */ new Date() - start < maxBlockTime);
        forge2.util.setImmediate(function() {
          _primeinc(num, bits, rng, deltaIdx, mrTests, maxBlockTime, callback);
        });
      }
      function primeincFindPrimeWithWorkers(bits, rng, options, callback) {
        if (typeof Worker === "undefined") {
          return primeincFindPrimeWithoutWorkers(bits, rng, options, callback);
        }
        var num = generateRandom(bits, rng);
        var numWorkers = options.workers;
        var workLoad = options.workLoad || 100;
        var range = workLoad * 30 / 8;
        var workerScript = options.workerScript || "forge/prime.worker.js";
        if (numWorkers === -1) {
          return forge2.util.estimateCores(function(err, cores) {
            if (err) {
              cores = 2;
            }
            numWorkers = cores - 1;
            generate();
          });
        }
        generate();
        function generate() {
          numWorkers = Math.max(1, numWorkers);
          var workers = [];
          for (var i = 0; i < numWorkers; ++i) {
            workers[i] = new Worker(workerScript);
          }
          var running = numWorkers;
          for (var i = 0; i < numWorkers; ++i) {
            workers[i].addEventListener("message", workerMessage);
          }
          var found = false;
          function workerMessage(e) {
            if (found) {
              return;
            }
            --running;
            var data = e.data;
            if (data.found) {
              for (var i2 = 0; i2 < workers.length; ++i2) {
                workers[i2].terminate();
              }
              found = true;
              return callback(null, new BigInteger(data.prime, 16));
            }
            if (num.bitLength() > bits) {
              num = generateRandom(bits, rng);
            }
            var hex = num.toString(16);
            e.target.postMessage({
              hex,
              workLoad
            });
            num.dAddOffset(range, 0);
          }
        }
      }
      function generateRandom(bits, rng) {
        var num = new BigInteger(bits, rng);
        var bits1 = bits - 1;
        if (!num.testBit(bits1)) {
          num.bitwiseTo(BigInteger.ONE.shiftLeft(bits1), op_or, num);
        }
        num.dAddOffset(31 - num.mod(THIRTY).byteValue(), 0);
        return num;
      }
      function getMillerRabinTests(bits) {
        if (bits <= 100) return 27;
        if (bits <= 150) return 18;
        if (bits <= 200) return 15;
        if (bits <= 250) return 12;
        if (bits <= 300) return 9;
        if (bits <= 350) return 8;
        if (bits <= 400) return 7;
        if (bits <= 500) return 6;
        if (bits <= 600) return 5;
        if (bits <= 800) return 4;
        if (bits <= 1250) return 3;
        return 2;
      }
    })();
  }
});

// node_modules/node-forge/lib/rsa.js
var require_rsa = __commonJS({
  "node_modules/node-forge/lib/rsa.js"(exports2, module2) {
    var forge2 = require_forge();
    require_asn1();
    require_jsbn();
    require_oids();
    require_pkcs1();
    require_prime();
    require_random();
    require_util();
    if (typeof BigInteger === "undefined") {
      BigInteger = forge2.jsbn.BigInteger;
    }
    var BigInteger;
    var _crypto = forge2.util.isNodejs ? require("crypto") : null;
    var asn1 = forge2.asn1;
    var util = forge2.util;
    forge2.pki = forge2.pki || {};
    module2.exports = forge2.pki.rsa = forge2.rsa = forge2.rsa || {};
    var pki = forge2.pki;
    var GCD_30_DELTA = [6, 4, 2, 4, 2, 4, 6, 2];
    var privateKeyValidator = {
      // PrivateKeyInfo
      name: "PrivateKeyInfo",
      tagClass: asn1.Class.UNIVERSAL,
      type: asn1.Type.SEQUENCE,
      constructed: true,
      value: [{
        // Version (INTEGER)
        name: "PrivateKeyInfo.version",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "privateKeyVersion"
      }, {
        // privateKeyAlgorithm
        name: "PrivateKeyInfo.privateKeyAlgorithm",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.SEQUENCE,
        constructed: true,
        value: [{
          name: "AlgorithmIdentifier.algorithm",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Type.OID,
          constructed: false,
          capture: "privateKeyOid"
        }]
      }, {
        // PrivateKey
        name: "PrivateKeyInfo",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.OCTETSTRING,
        constructed: false,
        capture: "privateKey"
      }]
    };
    var rsaPrivateKeyValidator = {
      // RSAPrivateKey
      name: "RSAPrivateKey",
      tagClass: asn1.Class.UNIVERSAL,
      type: asn1.Type.SEQUENCE,
      constructed: true,
      value: [{
        // Version (INTEGER)
        name: "RSAPrivateKey.version",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "privateKeyVersion"
      }, {
        // modulus (n)
        name: "RSAPrivateKey.modulus",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "privateKeyModulus"
      }, {
        // publicExponent (e)
        name: "RSAPrivateKey.publicExponent",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "privateKeyPublicExponent"
      }, {
        // privateExponent (d)
        name: "RSAPrivateKey.privateExponent",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "privateKeyPrivateExponent"
      }, {
        // prime1 (p)
        name: "RSAPrivateKey.prime1",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "privateKeyPrime1"
      }, {
        // prime2 (q)
        name: "RSAPrivateKey.prime2",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "privateKeyPrime2"
      }, {
        // exponent1 (d mod (p-1))
        name: "RSAPrivateKey.exponent1",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "privateKeyExponent1"
      }, {
        // exponent2 (d mod (q-1))
        name: "RSAPrivateKey.exponent2",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "privateKeyExponent2"
      }, {
        // coefficient ((inverse of q) mod p)
        name: "RSAPrivateKey.coefficient",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "privateKeyCoefficient"
      }]
    };
    var rsaPublicKeyValidator = {
      // RSAPublicKey
      name: "RSAPublicKey",
      tagClass: asn1.Class.UNIVERSAL,
      type: asn1.Type.SEQUENCE,
      constructed: true,
      value: [{
        // modulus (n)
        name: "RSAPublicKey.modulus",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "publicKeyModulus"
      }, {
        // publicExponent (e)
        name: "RSAPublicKey.exponent",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.INTEGER,
        constructed: false,
        capture: "publicKeyExponent"
      }]
    };
    var publicKeyValidator = forge2.pki.rsa.publicKeyValidator = {
      name: "SubjectPublicKeyInfo",
      tagClass: asn1.Class.UNIVERSAL,
      type: asn1.Type.SEQUENCE,
      constructed: true,
      captureAsn1: "subjectPublicKeyInfo",
      value: [{
        name: "SubjectPublicKeyInfo.AlgorithmIdentifier",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.SEQUENCE,
        constructed: true,
        value: [{
          name: "AlgorithmIdentifier.algorithm",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Type.OID,
          constructed: false,
          capture: "publicKeyOid"
        }]
      }, {
        // subjectPublicKey
        name: "SubjectPublicKeyInfo.subjectPublicKey",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.BITSTRING,
        constructed: false,
        value: [{
          // RSAPublicKey
          name: "SubjectPublicKeyInfo.subjectPublicKey.RSAPublicKey",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Type.SEQUENCE,
          constructed: true,
          optional: true,
          captureAsn1: "rsaPublicKey"
        }]
      }]
    };
    var digestInfoValidator = {
      name: "DigestInfo",
      tagClass: asn1.Class.UNIVERSAL,
      type: asn1.Type.SEQUENCE,
      constructed: true,
      value: [{
        name: "DigestInfo.DigestAlgorithm",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.SEQUENCE,
        constructed: true,
        value: [{
          name: "DigestInfo.DigestAlgorithm.algorithmIdentifier",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Type.OID,
          constructed: false,
          capture: "algorithmIdentifier"
        }, {
          // NULL parameters
          name: "DigestInfo.DigestAlgorithm.parameters",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Type.NULL,
          // captured only to check existence for md2 and md5
          capture: "parameters",
          optional: true,
          constructed: false
        }]
      }, {
        // digest
        name: "DigestInfo.digest",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.OCTETSTRING,
        constructed: false,
        capture: "digest"
      }]
    };
    var _encodeDigestInfo = function(oid, digest2, withParameters) {
      var digestAlgorithm = [asn1.create(
        asn1.Class.UNIVERSAL,
        asn1.Type.OID,
        false,
        asn1.oidToDer(oid).getBytes()
      )];
      if (withParameters) {
        digestAlgorithm.push(asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.NULL,
          false,
          ""
        ));
      }
      return asn1.toDer(asn1.create(
        asn1.Class.UNIVERSAL,
        asn1.Type.SEQUENCE,
        true,
        [
          asn1.create(
            asn1.Class.UNIVERSAL,
            asn1.Type.SEQUENCE,
            true,
            digestAlgorithm
          ),
          asn1.create(
            asn1.Class.UNIVERSAL,
            asn1.Type.OCTETSTRING,
            false,
            digest2
          )
        ]
      )).getBytes();
    };
    var emsaPkcs1v15encode = function(md) {
      var oid;
      if (md.algorithm in pki.oids) {
        oid = pki.oids[md.algorithm];
      } else {
        var error = new Error("Unknown message digest algorithm.");
        error.algorithm = md.algorithm;
        throw error;
      }
      var oidBytes = asn1.oidToDer(oid).getBytes();
      var digestInfo = asn1.create(
        asn1.Class.UNIVERSAL,
        asn1.Type.SEQUENCE,
        true,
        []
      );
      var digestAlgorithm = asn1.create(
        asn1.Class.UNIVERSAL,
        asn1.Type.SEQUENCE,
        true,
        []
      );
      digestAlgorithm.value.push(asn1.create(
        asn1.Class.UNIVERSAL,
        asn1.Type.OID,
        false,
        oidBytes
      ));
      digestAlgorithm.value.push(asn1.create(
        asn1.Class.UNIVERSAL,
        asn1.Type.NULL,
        false,
        ""
      ));
      var digest2 = asn1.create(
        asn1.Class.UNIVERSAL,
        asn1.Type.OCTETSTRING,
        false,
        md.digest().getBytes()
      );
      digestInfo.value.push(digestAlgorithm);
      digestInfo.value.push(digest2);
      return asn1.toDer(digestInfo).getBytes();
    };
    var _modPow = function(x, key, pub) {
      if (pub) {
        return x.modPow(key.e, key.n);
      }
      if (!key.p || !key.q) {
        return x.modPow(key.d, key.n);
      }
      if (!key.dP) {
        key.dP = key.d.mod(key.p.subtract(BigInteger.ONE));
      }
      if (!key.dQ) {
        key.dQ = key.d.mod(key.q.subtract(BigInteger.ONE));
      }
      if (!key.qInv) {
        key.qInv = key.q.modInverse(key.p);
      }
      var r;
      do {
        r = new BigInteger(
          forge2.util.bytesToHex(forge2.random.getBytes(key.n.bitLength() / 8)),
          16
        );
      } while (r.compareTo(key.n) >= 0 || !r.gcd(key.n).equals(BigInteger.ONE));
      x = x.multiply(r.modPow(key.e, key.n)).mod(key.n);
      var xp = x.mod(key.p).modPow(key.dP, key.p);
      var xq = x.mod(key.q).modPow(key.dQ, key.q);
      while (xp.compareTo(xq) < 0) {
        xp = xp.add(key.p);
      }
      var y = xp.subtract(xq).multiply(key.qInv).mod(key.p).multiply(key.q).add(xq);
      y = y.multiply(r.modInverse(key.n)).mod(key.n);
      return y;
    };
    pki.rsa.encrypt = function(m, key, bt) {
      var pub = bt;
      var eb;
      var k = Math.ceil(key.n.bitLength() / 8);
      if (bt !== false && bt !== true) {
        pub = bt === 2;
        eb = _encodePkcs1_v1_5(m, key, bt);
      } else {
        eb = forge2.util.createBuffer();
        eb.putBytes(m);
      }
      var x = new BigInteger(eb.toHex(), 16);
      var y = _modPow(x, key, pub);
      var yhex = y.toString(16);
      var ed = forge2.util.createBuffer();
      var zeros = k - Math.ceil(yhex.length / 2);
      while (zeros > 0) {
        ed.putByte(0);
        --zeros;
      }
      ed.putBytes(forge2.util.hexToBytes(yhex));
      return ed.getBytes();
    };
    pki.rsa.decrypt = function(ed, key, pub, ml) {
      var k = Math.ceil(key.n.bitLength() / 8);
      if (ed.length !== k) {
        var error = new Error("Encrypted message length is invalid.");
        error.length = ed.length;
        error.expected = k;
        throw error;
      }
      var y = new BigInteger(forge2.util.createBuffer(ed).toHex(), 16);
      if (y.compareTo(key.n) >= 0) {
        throw new Error("Encrypted message is invalid.");
      }
      var x = _modPow(y, key, pub);
      var xhex = x.toString(16);
      var eb = forge2.util.createBuffer();
      var zeros = k - Math.ceil(xhex.length / 2);
      while (zeros > 0) {
        eb.putByte(0);
        --zeros;
      }
      eb.putBytes(forge2.util.hexToBytes(xhex));
      if (ml !== false) {
        return _decodePkcs1_v1_5(eb.getBytes(), key, pub);
      }
      return eb.getBytes();
    };
    pki.rsa.createKeyPairGenerationState = function(bits, e, options) {
      if (typeof bits === "string") {
        bits = parseInt(bits, 10);
      }
      bits = bits || 2048;
      options = options || {};
      var prng = options.prng || forge2.random;
      var rng = {
        // x is an array to fill with bytes
        nextBytes: function(x) {
          var b = prng.getBytesSync(x.length);
          for (var i = 0; i < x.length; ++i) {
            x[i] = b.charCodeAt(i);
          }
        }
      };
      var algorithm = options.algorithm || "PRIMEINC";
      var rval;
      if (algorithm === "PRIMEINC") {
        rval = {
          algorithm,
          state: 0,
          bits,
          rng,
          eInt: e || 65537,
          e: new BigInteger(null),
          p: null,
          q: null,
          qBits: bits >> 1,
          pBits: bits - (bits >> 1),
          pqState: 0,
          num: null,
          keys: null
        };
        rval.e.fromInt(rval.eInt);
      } else {
        throw new Error("Invalid key generation algorithm: " + algorithm);
      }
      return rval;
    };
    pki.rsa.stepKeyPairGenerationState = function(state, n) {
      if (!("algorithm" in state)) {
        state.algorithm = "PRIMEINC";
      }
      var THIRTY = new BigInteger(null);
      THIRTY.fromInt(30);
      var deltaIdx = 0;
      var op_or = function(x, y) {
        return x | y;
      };
      var t1 = +/* @__PURE__ */ new Date();
      var t2;
      var total = 0;
      while (state.keys === null && (n <= 0 || total < n)) {
        if (state.state === 0) {
          var bits = state.p === null ? state.pBits : state.qBits;
          var bits1 = bits - 1;
          if (state.pqState === 0) {
            state.num = new BigInteger(bits, state.rng);
            if (!state.num.testBit(bits1)) {
              state.num.bitwiseTo(
                BigInteger.ONE.shiftLeft(bits1),
                op_or,
                state.num
              );
            }
            state.num.dAddOffset(31 - state.num.mod(THIRTY).byteValue(), 0);
            deltaIdx = 0;
            ++state.pqState;
          } else if (state.pqState === 1) {
            if (state.num.bitLength() > bits) {
              state.pqState = 0;
            } else if (state.num.isProbablePrime(
              _getMillerRabinTests(state.num.bitLength())
            )) {
              ++state.pqState;
            } else {
              state.num.dAddOffset(GCD_30_DELTA[deltaIdx++ % 8], 0);
            }
          } else if (state.pqState === 2) {
            state.pqState = state.num.subtract(BigInteger.ONE).gcd(state.e).compareTo(BigInteger.ONE) === 0 ? 3 : 0;
          } else if (state.pqState === 3) {
            state.pqState = 0;
            if (state.p === null) {
              state.p = state.num;
            } else {
              state.q = state.num;
            }
            if (state.p !== null && state.q !== null) {
              ++state.state;
            }
            state.num = null;
          }
        } else if (state.state === 1) {
          if (state.p.compareTo(state.q) < 0) {
            state.num = state.p;
            state.p = state.q;
            state.q = state.num;
          }
          ++state.state;
        } else if (state.state === 2) {
          state.p1 = state.p.subtract(BigInteger.ONE);
          state.q1 = state.q.subtract(BigInteger.ONE);
          state.phi = state.p1.multiply(state.q1);
          ++state.state;
        } else if (state.state === 3) {
          if (state.phi.gcd(state.e).compareTo(BigInteger.ONE) === 0) {
            ++state.state;
          } else {
            state.p = null;
            state.q = null;
            state.state = 0;
          }
        } else if (state.state === 4) {
          state.n = state.p.multiply(state.q);
          if (state.n.bitLength() === state.bits) {
            ++state.state;
          } else {
            state.q = null;
            state.state = 0;
          }
        } else if (state.state === 5) {
          var d = state.e.modInverse(state.phi);
          state.keys = {
            privateKey: pki.rsa.setPrivateKey(
              state.n,
              state.e,
              d,
              state.p,
              state.q,
              d.mod(state.p1),
              d.mod(state.q1),
              state.q.modInverse(state.p)
            ),
            publicKey: pki.rsa.setPublicKey(state.n, state.e)
          };
        }
        t2 = +/* @__PURE__ */ new Date();
        total += t2 - t1;
        t1 = t2;
      }
      return state.keys !== null;
    };
    pki.rsa.generateKeyPair = function(bits, e, options, callback) {
      if (arguments.length === 1) {
        if (typeof bits === "object") {
          options = bits;
          bits = void 0;
        } else if (typeof bits === "function") {
          callback = bits;
          bits = void 0;
        }
      } else if (arguments.length === 2) {
        if (typeof bits === "number") {
          if (typeof e === "function") {
            callback = e;
            e = void 0;
          } else if (typeof e !== "number") {
            options = e;
            e = void 0;
          }
        } else {
          options = bits;
          callback = e;
          bits = void 0;
          e = void 0;
        }
      } else if (arguments.length === 3) {
        if (typeof e === "number") {
          if (typeof options === "function") {
            callback = options;
            options = void 0;
          }
        } else {
          callback = options;
          options = e;
          e = void 0;
        }
      }
      options = options || {};
      if (bits === void 0) {
        bits = options.bits || 2048;
      }
      if (e === void 0) {
        e = options.e || 65537;
      }
      if (!forge2.options.usePureJavaScript && !options.prng && bits >= 256 && bits <= 16384 && (e === 65537 || e === 3)) {
        if (callback) {
          if (_detectNodeCrypto("generateKeyPair")) {
            return _crypto.generateKeyPair("rsa", {
              modulusLength: bits,
              publicExponent: e,
              publicKeyEncoding: {
                type: "spki",
                format: "pem"
              },
              privateKeyEncoding: {
                type: "pkcs8",
                format: "pem"
              }
            }, function(err, pub, priv) {
              if (err) {
                return callback(err);
              }
              callback(null, {
                privateKey: pki.privateKeyFromPem(priv),
                publicKey: pki.publicKeyFromPem(pub)
              });
            });
          }
          if (_detectSubtleCrypto("generateKey") && _detectSubtleCrypto("exportKey")) {
            return util.globalScope.crypto.subtle.generateKey({
              name: "RSASSA-PKCS1-v1_5",
              modulusLength: bits,
              publicExponent: _intToUint8Array(e),
              hash: { name: "SHA-256" }
            }, true, ["sign", "verify"]).then(function(pair) {
              return util.globalScope.crypto.subtle.exportKey(
                "pkcs8",
                pair.privateKey
              );
            }).then(void 0, function(err) {
              callback(err);
            }).then(function(pkcs8) {
              if (pkcs8) {
                var privateKey = pki.privateKeyFromAsn1(
                  asn1.fromDer(forge2.util.createBuffer(pkcs8))
                );
                callback(null, {
                  privateKey,
                  publicKey: pki.setRsaPublicKey(privateKey.n, privateKey.e)
                });
              }
            });
          }
          if (_detectSubtleMsCrypto("generateKey") && _detectSubtleMsCrypto("exportKey")) {
            var genOp = util.globalScope.msCrypto.subtle.generateKey({
              name: "RSASSA-PKCS1-v1_5",
              modulusLength: bits,
              publicExponent: _intToUint8Array(e),
              hash: { name: "SHA-256" }
            }, true, ["sign", "verify"]);
            genOp.oncomplete = function(e2) {
              var pair = e2.target.result;
              var exportOp = util.globalScope.msCrypto.subtle.exportKey(
                "pkcs8",
                pair.privateKey
              );
              exportOp.oncomplete = function(e3) {
                var pkcs8 = e3.target.result;
                var privateKey = pki.privateKeyFromAsn1(
                  asn1.fromDer(forge2.util.createBuffer(pkcs8))
                );
                callback(null, {
                  privateKey,
                  publicKey: pki.setRsaPublicKey(privateKey.n, privateKey.e)
                });
              };
              exportOp.onerror = function(err) {
                callback(err);
              };
            };
            genOp.onerror = function(err) {
              callback(err);
            };
            return;
          }
        } else {
          if (_detectNodeCrypto("generateKeyPairSync")) {
            var keypair = _crypto.generateKeyPairSync("rsa", {
              modulusLength: bits,
              publicExponent: e,
              publicKeyEncoding: {
                type: "spki",
                format: "pem"
              },
              privateKeyEncoding: {
                type: "pkcs8",
                format: "pem"
              }
            });
            return {
              privateKey: pki.privateKeyFromPem(keypair.privateKey),
              publicKey: pki.publicKeyFromPem(keypair.publicKey)
            };
          }
        }
      }
      var state = pki.rsa.createKeyPairGenerationState(bits, e, options);
      if (!callback) {
        pki.rsa.stepKeyPairGenerationState(state, 0);
        return state.keys;
      }
      _generateKeyPair(state, options, callback);
    };
    pki.setRsaPublicKey = pki.rsa.setPublicKey = function(n, e) {
      var key = {
        n,
        e
      };
      key.encrypt = function(data, scheme, schemeOptions) {
        if (typeof scheme === "string") {
          scheme = scheme.toUpperCase();
        } else if (scheme === void 0) {
          scheme = "RSAES-PKCS1-V1_5";
        }
        if (scheme === "RSAES-PKCS1-V1_5") {
          scheme = {
            encode: function(m, key2, pub) {
              return _encodePkcs1_v1_5(m, key2, 2).getBytes();
            }
          };
        } else if (scheme === "RSA-OAEP" || scheme === "RSAES-OAEP") {
          scheme = {
            encode: function(m, key2) {
              return forge2.pkcs1.encode_rsa_oaep(key2, m, schemeOptions);
            }
          };
        } else if (["RAW", "NONE", "NULL", null].indexOf(scheme) !== -1) {
          scheme = { encode: function(e3) {
            return e3;
          } };
        } else if (typeof scheme === "string") {
          throw new Error('Unsupported encryption scheme: "' + scheme + '".');
        }
        var e2 = scheme.encode(data, key, true);
        return pki.rsa.encrypt(e2, key, true);
      };
      key.verify = function(digest2, signature, scheme, options) {
        if (typeof scheme === "string") {
          scheme = scheme.toUpperCase();
        } else if (scheme === void 0) {
          scheme = "RSASSA-PKCS1-V1_5";
        }
        if (options === void 0) {
          options = {
            _parseAllDigestBytes: true,
            _skipPaddingChecks: false
          };
        }
        if (!("_parseAllDigestBytes" in options)) {
          options._parseAllDigestBytes = true;
        }
        if (!("_skipPaddingChecks" in options)) {
          options._skipPaddingChecks = false;
        }
        if (scheme === "RSASSA-PKCS1-V1_5") {
          scheme = {
            verify: function(digest3, d2) {
              d2 = _decodePkcs1_v1_5(d2, key, true, void 0, options);
              var obj = asn1.fromDer(d2, {
                parseAllBytes: options._parseAllDigestBytes
              });
              var capture = {};
              var errors = [];
              if (!asn1.validate(obj, digestInfoValidator, capture, errors) || obj.value.length !== 2) {
                var error = new Error(
                  "ASN.1 object does not contain a valid RSASSA-PKCS1-v1_5 DigestInfo value."
                );
                error.errors = errors;
                throw error;
              }
              var oid = asn1.derToOid(capture.algorithmIdentifier);
              if (!(oid === forge2.oids.md2 || oid === forge2.oids.md5 || oid === forge2.oids.sha1 || oid === forge2.oids.sha224 || oid === forge2.oids.sha256 || oid === forge2.oids.sha384 || oid === forge2.oids.sha512 || oid === forge2.oids["sha512-224"] || oid === forge2.oids["sha512-256"])) {
                var error = new Error(
                  "Unknown RSASSA-PKCS1-v1_5 DigestAlgorithm identifier."
                );
                error.oid = oid;
                throw error;
              }
              if (oid === forge2.oids.md2 || oid === forge2.oids.md5) {
                if (!("parameters" in capture)) {
                  throw new Error(
                    "ASN.1 object does not contain a valid RSASSA-PKCS1-v1_5 DigestInfo value. Missing algorithm identifier NULL parameters."
                  );
                }
              }
              var withParameters = _encodeDigestInfo(oid, capture.digest, true);
              var withoutParameters = _encodeDigestInfo(oid, capture.digest, false);
              if (d2.substring(0, withParameters.length) !== withParameters && d2.substring(0, withoutParameters.length) !== withoutParameters) {
                throw new Error(
                  "ASN.1 object does not contain a valid RSASSA-PKCS1-v1_5 DigestInfo value."
                );
              }
              return digest3 === capture.digest;
            }
          };
        } else if (scheme === "NONE" || scheme === "NULL" || scheme === null) {
          scheme = {
            verify: function(digest3, d2) {
              d2 = _decodePkcs1_v1_5(d2, key, true, void 0, options);
              return digest3 === d2;
            }
          };
        }
        var d = pki.rsa.decrypt(signature, key, true, false);
        return scheme.verify(digest2, d, key.n.bitLength());
      };
      return key;
    };
    pki.setRsaPrivateKey = pki.rsa.setPrivateKey = function(n, e, d, p, q, dP, dQ, qInv) {
      var key = {
        n,
        e,
        d,
        p,
        q,
        dP,
        dQ,
        qInv
      };
      key.decrypt = function(data, scheme, schemeOptions) {
        if (typeof scheme === "string") {
          scheme = scheme.toUpperCase();
        } else if (scheme === void 0) {
          scheme = "RSAES-PKCS1-V1_5";
        }
        var d2 = pki.rsa.decrypt(data, key, false, false);
        if (scheme === "RSAES-PKCS1-V1_5") {
          scheme = { decode: _decodePkcs1_v1_5 };
        } else if (scheme === "RSA-OAEP" || scheme === "RSAES-OAEP") {
          scheme = {
            decode: function(d3, key2) {
              return forge2.pkcs1.decode_rsa_oaep(key2, d3, schemeOptions);
            }
          };
        } else if (["RAW", "NONE", "NULL", null].indexOf(scheme) !== -1) {
          scheme = { decode: function(d3) {
            return d3;
          } };
        } else {
          throw new Error('Unsupported encryption scheme: "' + scheme + '".');
        }
        return scheme.decode(d2, key, false);
      };
      key.sign = function(md, scheme) {
        var bt = false;
        if (typeof scheme === "string") {
          scheme = scheme.toUpperCase();
        }
        if (scheme === void 0 || scheme === "RSASSA-PKCS1-V1_5") {
          scheme = { encode: emsaPkcs1v15encode };
          bt = 1;
        } else if (scheme === "NONE" || scheme === "NULL" || scheme === null) {
          scheme = { encode: function() {
            return md;
          } };
          bt = 1;
        }
        var d2 = scheme.encode(md, key.n.bitLength());
        return pki.rsa.encrypt(d2, key, bt);
      };
      return key;
    };
    pki.wrapRsaPrivateKey = function(rsaKey) {
      return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
        // version (0)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          asn1.integerToDer(0).getBytes()
        ),
        // privateKeyAlgorithm
        asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
          asn1.create(
            asn1.Class.UNIVERSAL,
            asn1.Type.OID,
            false,
            asn1.oidToDer(pki.oids.rsaEncryption).getBytes()
          ),
          asn1.create(asn1.Class.UNIVERSAL, asn1.Type.NULL, false, "")
        ]),
        // PrivateKey
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.OCTETSTRING,
          false,
          asn1.toDer(rsaKey).getBytes()
        )
      ]);
    };
    pki.privateKeyFromAsn1 = function(obj) {
      var capture = {};
      var errors = [];
      if (asn1.validate(obj, privateKeyValidator, capture, errors)) {
        obj = asn1.fromDer(forge2.util.createBuffer(capture.privateKey));
      }
      capture = {};
      errors = [];
      if (!asn1.validate(obj, rsaPrivateKeyValidator, capture, errors)) {
        var error = new Error("Cannot read private key. ASN.1 object does not contain an RSAPrivateKey.");
        error.errors = errors;
        throw error;
      }
      var n, e, d, p, q, dP, dQ, qInv;
      n = forge2.util.createBuffer(capture.privateKeyModulus).toHex();
      e = forge2.util.createBuffer(capture.privateKeyPublicExponent).toHex();
      d = forge2.util.createBuffer(capture.privateKeyPrivateExponent).toHex();
      p = forge2.util.createBuffer(capture.privateKeyPrime1).toHex();
      q = forge2.util.createBuffer(capture.privateKeyPrime2).toHex();
      dP = forge2.util.createBuffer(capture.privateKeyExponent1).toHex();
      dQ = forge2.util.createBuffer(capture.privateKeyExponent2).toHex();
      qInv = forge2.util.createBuffer(capture.privateKeyCoefficient).toHex();
      return pki.setRsaPrivateKey(
        new BigInteger(n, 16),
        new BigInteger(e, 16),
        new BigInteger(d, 16),
        new BigInteger(p, 16),
        new BigInteger(q, 16),
        new BigInteger(dP, 16),
        new BigInteger(dQ, 16),
        new BigInteger(qInv, 16)
      );
    };
    pki.privateKeyToAsn1 = pki.privateKeyToRSAPrivateKey = function(key) {
      return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
        // version (0 = only 2 primes, 1 multiple primes)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          asn1.integerToDer(0).getBytes()
        ),
        // modulus (n)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          _bnToBytes(key.n)
        ),
        // publicExponent (e)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          _bnToBytes(key.e)
        ),
        // privateExponent (d)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          _bnToBytes(key.d)
        ),
        // privateKeyPrime1 (p)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          _bnToBytes(key.p)
        ),
        // privateKeyPrime2 (q)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          _bnToBytes(key.q)
        ),
        // privateKeyExponent1 (dP)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          _bnToBytes(key.dP)
        ),
        // privateKeyExponent2 (dQ)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          _bnToBytes(key.dQ)
        ),
        // coefficient (qInv)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          _bnToBytes(key.qInv)
        )
      ]);
    };
    pki.publicKeyFromAsn1 = function(obj) {
      var capture = {};
      var errors = [];
      if (asn1.validate(obj, publicKeyValidator, capture, errors)) {
        var oid = asn1.derToOid(capture.publicKeyOid);
        if (oid !== pki.oids.rsaEncryption) {
          var error = new Error("Cannot read public key. Unknown OID.");
          error.oid = oid;
          throw error;
        }
        obj = capture.rsaPublicKey;
      }
      errors = [];
      if (!asn1.validate(obj, rsaPublicKeyValidator, capture, errors)) {
        var error = new Error("Cannot read public key. ASN.1 object does not contain an RSAPublicKey.");
        error.errors = errors;
        throw error;
      }
      var n = forge2.util.createBuffer(capture.publicKeyModulus).toHex();
      var e = forge2.util.createBuffer(capture.publicKeyExponent).toHex();
      return pki.setRsaPublicKey(
        new BigInteger(n, 16),
        new BigInteger(e, 16)
      );
    };
    pki.publicKeyToAsn1 = pki.publicKeyToSubjectPublicKeyInfo = function(key) {
      return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
        // AlgorithmIdentifier
        asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
          // algorithm
          asn1.create(
            asn1.Class.UNIVERSAL,
            asn1.Type.OID,
            false,
            asn1.oidToDer(pki.oids.rsaEncryption).getBytes()
          ),
          // parameters (null)
          asn1.create(asn1.Class.UNIVERSAL, asn1.Type.NULL, false, "")
        ]),
        // subjectPublicKey
        asn1.create(asn1.Class.UNIVERSAL, asn1.Type.BITSTRING, false, [
          pki.publicKeyToRSAPublicKey(key)
        ])
      ]);
    };
    pki.publicKeyToRSAPublicKey = function(key) {
      return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
        // modulus (n)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          _bnToBytes(key.n)
        ),
        // publicExponent (e)
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          _bnToBytes(key.e)
        )
      ]);
    };
    function _encodePkcs1_v1_5(m, key, bt) {
      var eb = forge2.util.createBuffer();
      var k = Math.ceil(key.n.bitLength() / 8);
      if (m.length > k - 11) {
        var error = new Error("Message is too long for PKCS#1 v1.5 padding.");
        error.length = m.length;
        error.max = k - 11;
        throw error;
      }
      eb.putByte(0);
      eb.putByte(bt);
      var padNum = k - 3 - m.length;
      var padByte;
      if (bt === 0 || bt === 1) {
        padByte = bt === 0 ? 0 : 255;
        for (var i = 0; i < padNum; ++i) {
          eb.putByte(padByte);
        }
      } else {
        while (padNum > 0) {
          var numZeros = 0;
          var padBytes = forge2.random.getBytes(padNum);
          for (var i = 0; i < padNum; ++i) {
            padByte = padBytes.charCodeAt(i);
            if (padByte === 0) {
              ++numZeros;
            } else {
              eb.putByte(padByte);
            }
          }
          padNum = numZeros;
        }
      }
      eb.putByte(0);
      eb.putBytes(m);
      return eb;
    }
    function _decodePkcs1_v1_5(em, key, pub, ml, options) {
      var k = Math.ceil(key.n.bitLength() / 8);
      var eb = forge2.util.createBuffer(em);
      var first = eb.getByte();
      var bt = eb.getByte();
      if (first !== 0 || pub && bt !== 0 && bt !== 1 || !pub && bt !== 2 || pub && bt === 0 && typeof ml === "undefined") {
        throw new Error("Encryption block is invalid.");
      }
      var padNum = 0;
      if (bt === 0) {
        padNum = k - 3 - ml;
        for (var i = 0; i < padNum; ++i) {
          if (eb.getByte() !== 0) {
            throw new Error("Encryption block is invalid.");
          }
        }
      } else if (bt === 1) {
        padNum = 0;
        while (eb.length() > 1) {
          if (eb.getByte() !== 255) {
            --eb.read;
            break;
          }
          ++padNum;
        }
        if (padNum < 8 && !(options ? options._skipPaddingChecks : false)) {
          throw new Error("Encryption block is invalid.");
        }
      } else if (bt === 2) {
        padNum = 0;
        while (eb.length() > 1) {
          if (eb.getByte() === 0) {
            --eb.read;
            break;
          }
          ++padNum;
        }
        if (padNum < 8 && !(options ? options._skipPaddingChecks : false)) {
          throw new Error("Encryption block is invalid.");
        }
      }
      var zero = eb.getByte();
      if (zero !== 0 || padNum !== k - 3 - eb.length()) {
        throw new Error("Encryption block is invalid.");
      }
      return eb.getBytes();
    }
    function _generateKeyPair(state, options, callback) {
      if (typeof options === "function") {
        callback = options;
        options = {};
      }
      options = options || {};
      var opts = {
        algorithm: {
          name: options.algorithm || "PRIMEINC",
          options: {
            workers: options.workers || 2,
            workLoad: options.workLoad || 100,
            workerScript: options.workerScript
          }
        }
      };
      if ("prng" in options) {
        opts.prng = options.prng;
      }
      generate();
      function generate() {
        getPrime(state.pBits, function(err, num) {
          if (err) {
            return callback(err);
          }
          state.p = num;
          if (state.q !== null) {
            return finish(err, state.q);
          }
          getPrime(state.qBits, finish);
        });
      }
      function getPrime(bits, callback2) {
        forge2.prime.generateProbablePrime(bits, opts, callback2);
      }
      function finish(err, num) {
        if (err) {
          return callback(err);
        }
        state.q = num;
        if (state.p.compareTo(state.q) < 0) {
          var tmp = state.p;
          state.p = state.q;
          state.q = tmp;
        }
        if (state.p.subtract(BigInteger.ONE).gcd(state.e).compareTo(BigInteger.ONE) !== 0) {
          state.p = null;
          generate();
          return;
        }
        if (state.q.subtract(BigInteger.ONE).gcd(state.e).compareTo(BigInteger.ONE) !== 0) {
          state.q = null;
          getPrime(state.qBits, finish);
          return;
        }
        state.p1 = state.p.subtract(BigInteger.ONE);
        state.q1 = state.q.subtract(BigInteger.ONE);
        state.phi = state.p1.multiply(state.q1);
        if (state.phi.gcd(state.e).compareTo(BigInteger.ONE) !== 0) {
          state.p = state.q = null;
          generate();
          return;
        }
        state.n = state.p.multiply(state.q);
        if (state.n.bitLength() !== state.bits) {
          state.q = null;
          getPrime(state.qBits, finish);
          return;
        }
        var d = state.e.modInverse(state.phi);
        state.keys = {
          privateKey: pki.rsa.setPrivateKey(
            state.n,
            state.e,
            d,
            state.p,
            state.q,
            d.mod(state.p1),
            d.mod(state.q1),
            state.q.modInverse(state.p)
          ),
          publicKey: pki.rsa.setPublicKey(state.n, state.e)
        };
        callback(null, state.keys);
      }
    }
    function _bnToBytes(b) {
      var hex = b.toString(16);
      if (hex[0] >= "8") {
        hex = "00" + hex;
      }
      var bytes = forge2.util.hexToBytes(hex);
      if (bytes.length > 1 && // leading 0x00 for positive integer
      (bytes.charCodeAt(0) === 0 && (bytes.charCodeAt(1) & 128) === 0 || // leading 0xFF for negative integer
      bytes.charCodeAt(0) === 255 && (bytes.charCodeAt(1) & 128) === 128)) {
        return bytes.substr(1);
      }
      return bytes;
    }
    function _getMillerRabinTests(bits) {
      if (bits <= 100) return 27;
      if (bits <= 150) return 18;
      if (bits <= 200) return 15;
      if (bits <= 250) return 12;
      if (bits <= 300) return 9;
      if (bits <= 350) return 8;
      if (bits <= 400) return 7;
      if (bits <= 500) return 6;
      if (bits <= 600) return 5;
      if (bits <= 800) return 4;
      if (bits <= 1250) return 3;
      return 2;
    }
    function _detectNodeCrypto(fn) {
      return forge2.util.isNodejs && typeof _crypto[fn] === "function";
    }
    function _detectSubtleCrypto(fn) {
      return typeof util.globalScope !== "undefined" && typeof util.globalScope.crypto === "object" && typeof util.globalScope.crypto.subtle === "object" && typeof util.globalScope.crypto.subtle[fn] === "function";
    }
    function _detectSubtleMsCrypto(fn) {
      return typeof util.globalScope !== "undefined" && typeof util.globalScope.msCrypto === "object" && typeof util.globalScope.msCrypto.subtle === "object" && typeof util.globalScope.msCrypto.subtle[fn] === "function";
    }
    function _intToUint8Array(x) {
      var bytes = forge2.util.hexToBytes(x.toString(16));
      var buffer2 = new Uint8Array(bytes.length);
      for (var i = 0; i < bytes.length; ++i) {
        buffer2[i] = bytes.charCodeAt(i);
      }
      return buffer2;
    }
  }
});

// node_modules/node-forge/lib/x509.js
var require_x509 = __commonJS({
  "node_modules/node-forge/lib/x509.js"(exports2, module2) {
    var forge2 = require_forge();
    require_aes();
    require_asn1();
    require_des();
    require_md();
    require_mgf();
    require_oids();
    require_pem();
    require_pss();
    require_rsa();
    require_util();
    var asn1 = forge2.asn1;
    var pki = module2.exports = forge2.pki = forge2.pki || {};
    var oids = pki.oids;
    var _shortNames = {};
    _shortNames["CN"] = oids["commonName"];
    _shortNames["commonName"] = "CN";
    _shortNames["C"] = oids["countryName"];
    _shortNames["countryName"] = "C";
    _shortNames["L"] = oids["localityName"];
    _shortNames["localityName"] = "L";
    _shortNames["ST"] = oids["stateOrProvinceName"];
    _shortNames["stateOrProvinceName"] = "ST";
    _shortNames["O"] = oids["organizationName"];
    _shortNames["organizationName"] = "O";
    _shortNames["OU"] = oids["organizationalUnitName"];
    _shortNames["organizationalUnitName"] = "OU";
    _shortNames["E"] = oids["emailAddress"];
    _shortNames["emailAddress"] = "E";
    var publicKeyValidator = forge2.pki.rsa.publicKeyValidator;
    var x509CertificateValidator = {
      name: "Certificate",
      tagClass: asn1.Class.UNIVERSAL,
      type: asn1.Type.SEQUENCE,
      constructed: true,
      value: [{
        name: "Certificate.TBSCertificate",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.SEQUENCE,
        constructed: true,
        captureAsn1: "tbsCertificate",
        value: [
          {
            name: "Certificate.TBSCertificate.version",
            tagClass: asn1.Class.CONTEXT_SPECIFIC,
            type: 0,
            constructed: true,
            optional: true,
            value: [{
              name: "Certificate.TBSCertificate.version.integer",
              tagClass: asn1.Class.UNIVERSAL,
              type: asn1.Type.INTEGER,
              constructed: false,
              capture: "certVersion"
            }]
          },
          {
            name: "Certificate.TBSCertificate.serialNumber",
            tagClass: asn1.Class.UNIVERSAL,
            type: asn1.Type.INTEGER,
            constructed: false,
            capture: "certSerialNumber"
          },
          {
            name: "Certificate.TBSCertificate.signature",
            tagClass: asn1.Class.UNIVERSAL,
            type: asn1.Type.SEQUENCE,
            constructed: true,
            value: [{
              name: "Certificate.TBSCertificate.signature.algorithm",
              tagClass: asn1.Class.UNIVERSAL,
              type: asn1.Type.OID,
              constructed: false,
              capture: "certinfoSignatureOid"
            }, {
              name: "Certificate.TBSCertificate.signature.parameters",
              tagClass: asn1.Class.UNIVERSAL,
              optional: true,
              captureAsn1: "certinfoSignatureParams"
            }]
          },
          {
            name: "Certificate.TBSCertificate.issuer",
            tagClass: asn1.Class.UNIVERSAL,
            type: asn1.Type.SEQUENCE,
            constructed: true,
            captureAsn1: "certIssuer"
          },
          {
            name: "Certificate.TBSCertificate.validity",
            tagClass: asn1.Class.UNIVERSAL,
            type: asn1.Type.SEQUENCE,
            constructed: true,
            // Note: UTC and generalized times may both appear so the capture
            // names are based on their detected order, the names used below
            // are only for the common case, which validity time really means
            // "notBefore" and which means "notAfter" will be determined by order
            value: [{
              // notBefore (Time) (UTC time case)
              name: "Certificate.TBSCertificate.validity.notBefore (utc)",
              tagClass: asn1.Class.UNIVERSAL,
              type: asn1.Type.UTCTIME,
              constructed: false,
              optional: true,
              capture: "certValidity1UTCTime"
            }, {
              // notBefore (Time) (generalized time case)
              name: "Certificate.TBSCertificate.validity.notBefore (generalized)",
              tagClass: asn1.Class.UNIVERSAL,
              type: asn1.Type.GENERALIZEDTIME,
              constructed: false,
              optional: true,
              capture: "certValidity2GeneralizedTime"
            }, {
              // notAfter (Time) (only UTC time is supported)
              name: "Certificate.TBSCertificate.validity.notAfter (utc)",
              tagClass: asn1.Class.UNIVERSAL,
              type: asn1.Type.UTCTIME,
              constructed: false,
              optional: true,
              capture: "certValidity3UTCTime"
            }, {
              // notAfter (Time) (only UTC time is supported)
              name: "Certificate.TBSCertificate.validity.notAfter (generalized)",
              tagClass: asn1.Class.UNIVERSAL,
              type: asn1.Type.GENERALIZEDTIME,
              constructed: false,
              optional: true,
              capture: "certValidity4GeneralizedTime"
            }]
          },
          {
            // Name (subject) (RDNSequence)
            name: "Certificate.TBSCertificate.subject",
            tagClass: asn1.Class.UNIVERSAL,
            type: asn1.Type.SEQUENCE,
            constructed: true,
            captureAsn1: "certSubject"
          },
          // SubjectPublicKeyInfo
          publicKeyValidator,
          {
            // issuerUniqueID (optional)
            name: "Certificate.TBSCertificate.issuerUniqueID",
            tagClass: asn1.Class.CONTEXT_SPECIFIC,
            type: 1,
            constructed: true,
            optional: true,
            value: [{
              name: "Certificate.TBSCertificate.issuerUniqueID.id",
              tagClass: asn1.Class.UNIVERSAL,
              type: asn1.Type.BITSTRING,
              constructed: false,
              // TODO: support arbitrary bit length ids
              captureBitStringValue: "certIssuerUniqueId"
            }]
          },
          {
            // subjectUniqueID (optional)
            name: "Certificate.TBSCertificate.subjectUniqueID",
            tagClass: asn1.Class.CONTEXT_SPECIFIC,
            type: 2,
            constructed: true,
            optional: true,
            value: [{
              name: "Certificate.TBSCertificate.subjectUniqueID.id",
              tagClass: asn1.Class.UNIVERSAL,
              type: asn1.Type.BITSTRING,
              constructed: false,
              // TODO: support arbitrary bit length ids
              captureBitStringValue: "certSubjectUniqueId"
            }]
          },
          {
            // Extensions (optional)
            name: "Certificate.TBSCertificate.extensions",
            tagClass: asn1.Class.CONTEXT_SPECIFIC,
            type: 3,
            constructed: true,
            captureAsn1: "certExtensions",
            optional: true
          }
        ]
      }, {
        // AlgorithmIdentifier (signature algorithm)
        name: "Certificate.signatureAlgorithm",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.SEQUENCE,
        constructed: true,
        value: [{
          // algorithm
          name: "Certificate.signatureAlgorithm.algorithm",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Type.OID,
          constructed: false,
          capture: "certSignatureOid"
        }, {
          name: "Certificate.TBSCertificate.signature.parameters",
          tagClass: asn1.Class.UNIVERSAL,
          optional: true,
          captureAsn1: "certSignatureParams"
        }]
      }, {
        // SignatureValue
        name: "Certificate.signatureValue",
        tagClass: asn1.Class.UNIVERSAL,
        type: asn1.Type.BITSTRING,
        constructed: false,
        captureBitStringValue: "certSignature"
      }]
    };
    var rsassaPssParameterValidator = {
      name: "rsapss",
      tagClass: asn1.Class.UNIVERSAL,
      type: asn1.Type.SEQUENCE,
      constructed: true,
      value: [{
        name: "rsapss.hashAlgorithm",
        tagClass: asn1.Class.CONTEXT_SPECIFIC,
        type: 0,
        constructed: true,
        value: [{
          name: "rsapss.hashAlgorithm.AlgorithmIdentifier",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Class.SEQUENCE,
          constructed: true,
          optional: true,
          value: [{
            name: "rsapss.hashAlgorithm.AlgorithmIdentifier.algorithm",
            tagClass: asn1.Class.UNIVERSAL,
            type: asn1.Type.OID,
            constructed: false,
            capture: "hashOid"
            /* parameter block omitted, for SHA1 NULL anyhow. */
          }]
        }]
      }, {
        name: "rsapss.maskGenAlgorithm",
        tagClass: asn1.Class.CONTEXT_SPECIFIC,
        type: 1,
        constructed: true,
        value: [{
          name: "rsapss.maskGenAlgorithm.AlgorithmIdentifier",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Class.SEQUENCE,
          constructed: true,
          optional: true,
          value: [{
            name: "rsapss.maskGenAlgorithm.AlgorithmIdentifier.algorithm",
            tagClass: asn1.Class.UNIVERSAL,
            type: asn1.Type.OID,
            constructed: false,
            capture: "maskGenOid"
          }, {
            name: "rsapss.maskGenAlgorithm.AlgorithmIdentifier.params",
            tagClass: asn1.Class.UNIVERSAL,
            type: asn1.Type.SEQUENCE,
            constructed: true,
            value: [{
              name: "rsapss.maskGenAlgorithm.AlgorithmIdentifier.params.algorithm",
              tagClass: asn1.Class.UNIVERSAL,
              type: asn1.Type.OID,
              constructed: false,
              capture: "maskGenHashOid"
              /* parameter block omitted, for SHA1 NULL anyhow. */
            }]
          }]
        }]
      }, {
        name: "rsapss.saltLength",
        tagClass: asn1.Class.CONTEXT_SPECIFIC,
        type: 2,
        optional: true,
        value: [{
          name: "rsapss.saltLength.saltLength",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Class.INTEGER,
          constructed: false,
          capture: "saltLength"
        }]
      }, {
        name: "rsapss.trailerField",
        tagClass: asn1.Class.CONTEXT_SPECIFIC,
        type: 3,
        optional: true,
        value: [{
          name: "rsapss.trailer.trailer",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Class.INTEGER,
          constructed: false,
          capture: "trailer"
        }]
      }]
    };
    var certificationRequestInfoValidator = {
      name: "CertificationRequestInfo",
      tagClass: asn1.Class.UNIVERSAL,
      type: asn1.Type.SEQUENCE,
      constructed: true,
      captureAsn1: "certificationRequestInfo",
      value: [
        {
          name: "CertificationRequestInfo.integer",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Type.INTEGER,
          constructed: false,
          capture: "certificationRequestInfoVersion"
        },
        {
          // Name (subject) (RDNSequence)
          name: "CertificationRequestInfo.subject",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Type.SEQUENCE,
          constructed: true,
          captureAsn1: "certificationRequestInfoSubject"
        },
        // SubjectPublicKeyInfo
        publicKeyValidator,
        {
          name: "CertificationRequestInfo.attributes",
          tagClass: asn1.Class.CONTEXT_SPECIFIC,
          type: 0,
          constructed: true,
          optional: true,
          capture: "certificationRequestInfoAttributes",
          value: [{
            name: "CertificationRequestInfo.attributes",
            tagClass: asn1.Class.UNIVERSAL,
            type: asn1.Type.SEQUENCE,
            constructed: true,
            value: [{
              name: "CertificationRequestInfo.attributes.type",
              tagClass: asn1.Class.UNIVERSAL,
              type: asn1.Type.OID,
              constructed: false
            }, {
              name: "CertificationRequestInfo.attributes.value",
              tagClass: asn1.Class.UNIVERSAL,
              type: asn1.Type.SET,
              constructed: true
            }]
          }]
        }
      ]
    };
    var certificationRequestValidator = {
      name: "CertificationRequest",
      tagClass: asn1.Class.UNIVERSAL,
      type: asn1.Type.SEQUENCE,
      constructed: true,
      captureAsn1: "csr",
      value: [
        certificationRequestInfoValidator,
        {
          // AlgorithmIdentifier (signature algorithm)
          name: "CertificationRequest.signatureAlgorithm",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Type.SEQUENCE,
          constructed: true,
          value: [{
            // algorithm
            name: "CertificationRequest.signatureAlgorithm.algorithm",
            tagClass: asn1.Class.UNIVERSAL,
            type: asn1.Type.OID,
            constructed: false,
            capture: "csrSignatureOid"
          }, {
            name: "CertificationRequest.signatureAlgorithm.parameters",
            tagClass: asn1.Class.UNIVERSAL,
            optional: true,
            captureAsn1: "csrSignatureParams"
          }]
        },
        {
          // signature
          name: "CertificationRequest.signature",
          tagClass: asn1.Class.UNIVERSAL,
          type: asn1.Type.BITSTRING,
          constructed: false,
          captureBitStringValue: "csrSignature"
        }
      ]
    };
    pki.RDNAttributesAsArray = function(rdn, md) {
      var rval = [];
      var set, attr, obj;
      for (var si = 0; si < rdn.value.length; ++si) {
        set = rdn.value[si];
        for (var i = 0; i < set.value.length; ++i) {
          obj = {};
          attr = set.value[i];
          obj.type = asn1.derToOid(attr.value[0].value);
          obj.value = attr.value[1].value;
          obj.valueTagClass = attr.value[1].type;
          if (obj.type in oids) {
            obj.name = oids[obj.type];
            if (obj.name in _shortNames) {
              obj.shortName = _shortNames[obj.name];
            }
          }
          if (md) {
            md.update(obj.type);
            md.update(obj.value);
          }
          rval.push(obj);
        }
      }
      return rval;
    };
    pki.CRIAttributesAsArray = function(attributes) {
      var rval = [];
      for (var si = 0; si < attributes.length; ++si) {
        var seq = attributes[si];
        var type = asn1.derToOid(seq.value[0].value);
        var values = seq.value[1].value;
        for (var vi = 0; vi < values.length; ++vi) {
          var obj = {};
          obj.type = type;
          obj.value = values[vi].value;
          obj.valueTagClass = values[vi].type;
          if (obj.type in oids) {
            obj.name = oids[obj.type];
            if (obj.name in _shortNames) {
              obj.shortName = _shortNames[obj.name];
            }
          }
          if (obj.type === oids.extensionRequest) {
            obj.extensions = [];
            for (var ei = 0; ei < obj.value.length; ++ei) {
              obj.extensions.push(pki.certificateExtensionFromAsn1(obj.value[ei]));
            }
          }
          rval.push(obj);
        }
      }
      return rval;
    };
    function _getAttribute(obj, options) {
      if (typeof options === "string") {
        options = { shortName: options };
      }
      var rval = null;
      var attr;
      for (var i = 0; rval === null && i < obj.attributes.length; ++i) {
        attr = obj.attributes[i];
        if (options.type && options.type === attr.type) {
          rval = attr;
        } else if (options.name && options.name === attr.name) {
          rval = attr;
        } else if (options.shortName && options.shortName === attr.shortName) {
          rval = attr;
        }
      }
      return rval;
    }
    var _readSignatureParameters = function(oid, obj, fillDefaults) {
      var params = {};
      if (oid !== oids["RSASSA-PSS"]) {
        return params;
      }
      if (fillDefaults) {
        params = {
          hash: {
            algorithmOid: oids["sha1"]
          },
          mgf: {
            algorithmOid: oids["mgf1"],
            hash: {
              algorithmOid: oids["sha1"]
            }
          },
          saltLength: 20
        };
      }
      var capture = {};
      var errors = [];
      if (!asn1.validate(obj, rsassaPssParameterValidator, capture, errors)) {
        var error = new Error("Cannot read RSASSA-PSS parameter block.");
        error.errors = errors;
        throw error;
      }
      if (capture.hashOid !== void 0) {
        params.hash = params.hash || {};
        params.hash.algorithmOid = asn1.derToOid(capture.hashOid);
      }
      if (capture.maskGenOid !== void 0) {
        params.mgf = params.mgf || {};
        params.mgf.algorithmOid = asn1.derToOid(capture.maskGenOid);
        params.mgf.hash = params.mgf.hash || {};
        params.mgf.hash.algorithmOid = asn1.derToOid(capture.maskGenHashOid);
      }
      if (capture.saltLength !== void 0) {
        params.saltLength = capture.saltLength.charCodeAt(0);
      }
      return params;
    };
    var _createSignatureDigest = function(options) {
      switch (oids[options.signatureOid]) {
        case "sha1WithRSAEncryption":
        // deprecated alias
        case "sha1WithRSASignature":
          return forge2.md.sha1.create();
        case "md5WithRSAEncryption":
          return forge2.md.md5.create();
        case "sha256WithRSAEncryption":
          return forge2.md.sha256.create();
        case "sha384WithRSAEncryption":
          return forge2.md.sha384.create();
        case "sha512WithRSAEncryption":
          return forge2.md.sha512.create();
        case "RSASSA-PSS":
          return forge2.md.sha256.create();
        default:
          var error = new Error(
            "Could not compute " + options.type + " digest. Unknown signature OID."
          );
          error.signatureOid = options.signatureOid;
          throw error;
      }
    };
    var _verifySignature = function(options) {
      var cert = options.certificate;
      var publicKey = options.publicKey || cert.publicKey;
      var scheme;
      switch (cert.signatureOid) {
        case oids.sha1WithRSAEncryption:
        // deprecated alias
        case oids.sha1WithRSASignature:
          break;
        case oids["RSASSA-PSS"]:
          var hash, mgf;
          hash = oids[cert.signatureParameters.mgf.hash.algorithmOid];
          if (hash === void 0 || forge2.md[hash] === void 0) {
            var error = new Error("Unsupported MGF hash function.");
            error.oid = cert.signatureParameters.mgf.hash.algorithmOid;
            error.name = hash;
            throw error;
          }
          mgf = oids[cert.signatureParameters.mgf.algorithmOid];
          if (mgf === void 0 || forge2.mgf[mgf] === void 0) {
            var error = new Error("Unsupported MGF function.");
            error.oid = cert.signatureParameters.mgf.algorithmOid;
            error.name = mgf;
            throw error;
          }
          mgf = forge2.mgf[mgf].create(forge2.md[hash].create());
          hash = oids[cert.signatureParameters.hash.algorithmOid];
          if (hash === void 0 || forge2.md[hash] === void 0) {
            var error = new Error("Unsupported RSASSA-PSS hash function.");
            error.oid = cert.signatureParameters.hash.algorithmOid;
            error.name = hash;
            throw error;
          }
          scheme = forge2.pss.create(
            forge2.md[hash].create(),
            mgf,
            cert.signatureParameters.saltLength
          );
          break;
      }
      return publicKey.verify(
        options.md.digest().getBytes(),
        options.signature,
        scheme
      );
    };
    pki.certificateFromPem = function(pem, computeHash, strict) {
      var msg = forge2.pem.decode(pem)[0];
      if (msg.type !== "CERTIFICATE" && msg.type !== "X509 CERTIFICATE" && msg.type !== "TRUSTED CERTIFICATE") {
        var error = new Error(
          'Could not convert certificate from PEM; PEM header type is not "CERTIFICATE", "X509 CERTIFICATE", or "TRUSTED CERTIFICATE".'
        );
        error.headerType = msg.type;
        throw error;
      }
      if (msg.procType && msg.procType.type === "ENCRYPTED") {
        throw new Error(
          "Could not convert certificate from PEM; PEM is encrypted."
        );
      }
      var obj = asn1.fromDer(msg.body, strict);
      return pki.certificateFromAsn1(obj, computeHash);
    };
    pki.certificateToPem = function(cert, maxline) {
      var msg = {
        type: "CERTIFICATE",
        body: asn1.toDer(pki.certificateToAsn1(cert)).getBytes()
      };
      return forge2.pem.encode(msg, { maxline });
    };
    pki.publicKeyFromPem = function(pem) {
      var msg = forge2.pem.decode(pem)[0];
      if (msg.type !== "PUBLIC KEY" && msg.type !== "RSA PUBLIC KEY") {
        var error = new Error('Could not convert public key from PEM; PEM header type is not "PUBLIC KEY" or "RSA PUBLIC KEY".');
        error.headerType = msg.type;
        throw error;
      }
      if (msg.procType && msg.procType.type === "ENCRYPTED") {
        throw new Error("Could not convert public key from PEM; PEM is encrypted.");
      }
      var obj = asn1.fromDer(msg.body);
      return pki.publicKeyFromAsn1(obj);
    };
    pki.publicKeyToPem = function(key, maxline) {
      var msg = {
        type: "PUBLIC KEY",
        body: asn1.toDer(pki.publicKeyToAsn1(key)).getBytes()
      };
      return forge2.pem.encode(msg, { maxline });
    };
    pki.publicKeyToRSAPublicKeyPem = function(key, maxline) {
      var msg = {
        type: "RSA PUBLIC KEY",
        body: asn1.toDer(pki.publicKeyToRSAPublicKey(key)).getBytes()
      };
      return forge2.pem.encode(msg, { maxline });
    };
    pki.getPublicKeyFingerprint = function(key, options) {
      options = options || {};
      var md = options.md || forge2.md.sha1.create();
      var type = options.type || "RSAPublicKey";
      var bytes;
      switch (type) {
        case "RSAPublicKey":
          bytes = asn1.toDer(pki.publicKeyToRSAPublicKey(key)).getBytes();
          break;
        case "SubjectPublicKeyInfo":
          bytes = asn1.toDer(pki.publicKeyToAsn1(key)).getBytes();
          break;
        default:
          throw new Error('Unknown fingerprint type "' + options.type + '".');
      }
      md.start();
      md.update(bytes);
      var digest2 = md.digest();
      if (options.encoding === "hex") {
        var hex = digest2.toHex();
        if (options.delimiter) {
          return hex.match(/.{2}/g).join(options.delimiter);
        }
        return hex;
      } else if (options.encoding === "binary") {
        return digest2.getBytes();
      } else if (options.encoding) {
        throw new Error('Unknown encoding "' + options.encoding + '".');
      }
      return digest2;
    };
    pki.certificationRequestFromPem = function(pem, computeHash, strict) {
      var msg = forge2.pem.decode(pem)[0];
      if (msg.type !== "CERTIFICATE REQUEST") {
        var error = new Error('Could not convert certification request from PEM; PEM header type is not "CERTIFICATE REQUEST".');
        error.headerType = msg.type;
        throw error;
      }
      if (msg.procType && msg.procType.type === "ENCRYPTED") {
        throw new Error("Could not convert certification request from PEM; PEM is encrypted.");
      }
      var obj = asn1.fromDer(msg.body, strict);
      return pki.certificationRequestFromAsn1(obj, computeHash);
    };
    pki.certificationRequestToPem = function(csr, maxline) {
      var msg = {
        type: "CERTIFICATE REQUEST",
        body: asn1.toDer(pki.certificationRequestToAsn1(csr)).getBytes()
      };
      return forge2.pem.encode(msg, { maxline });
    };
    pki.createCertificate = function() {
      var cert = {};
      cert.version = 2;
      cert.serialNumber = "00";
      cert.signatureOid = null;
      cert.signature = null;
      cert.siginfo = {};
      cert.siginfo.algorithmOid = null;
      cert.validity = {};
      cert.validity.notBefore = /* @__PURE__ */ new Date();
      cert.validity.notAfter = /* @__PURE__ */ new Date();
      cert.issuer = {};
      cert.issuer.getField = function(sn) {
        return _getAttribute(cert.issuer, sn);
      };
      cert.issuer.addField = function(attr) {
        _fillMissingFields([attr]);
        cert.issuer.attributes.push(attr);
      };
      cert.issuer.attributes = [];
      cert.issuer.hash = null;
      cert.subject = {};
      cert.subject.getField = function(sn) {
        return _getAttribute(cert.subject, sn);
      };
      cert.subject.addField = function(attr) {
        _fillMissingFields([attr]);
        cert.subject.attributes.push(attr);
      };
      cert.subject.attributes = [];
      cert.subject.hash = null;
      cert.extensions = [];
      cert.publicKey = null;
      cert.md = null;
      cert.setSubject = function(attrs, uniqueId) {
        _fillMissingFields(attrs);
        cert.subject.attributes = attrs;
        delete cert.subject.uniqueId;
        if (uniqueId) {
          cert.subject.uniqueId = uniqueId;
        }
        cert.subject.hash = null;
      };
      cert.setIssuer = function(attrs, uniqueId) {
        _fillMissingFields(attrs);
        cert.issuer.attributes = attrs;
        delete cert.issuer.uniqueId;
        if (uniqueId) {
          cert.issuer.uniqueId = uniqueId;
        }
        cert.issuer.hash = null;
      };
      cert.setExtensions = function(exts) {
        for (var i = 0; i < exts.length; ++i) {
          _fillMissingExtensionFields(exts[i], { cert });
        }
        cert.extensions = exts;
      };
      cert.getExtension = function(options) {
        if (typeof options === "string") {
          options = { name: options };
        }
        var rval = null;
        var ext;
        for (var i = 0; rval === null && i < cert.extensions.length; ++i) {
          ext = cert.extensions[i];
          if (options.id && ext.id === options.id) {
            rval = ext;
          } else if (options.name && ext.name === options.name) {
            rval = ext;
          }
        }
        return rval;
      };
      cert.sign = function(key, md) {
        cert.md = md || forge2.md.sha1.create();
        var algorithmOid = oids[cert.md.algorithm + "WithRSAEncryption"];
        if (!algorithmOid) {
          var error = new Error("Could not compute certificate digest. Unknown message digest algorithm OID.");
          error.algorithm = cert.md.algorithm;
          throw error;
        }
        cert.signatureOid = cert.siginfo.algorithmOid = algorithmOid;
        cert.tbsCertificate = pki.getTBSCertificate(cert);
        var bytes = asn1.toDer(cert.tbsCertificate);
        cert.md.update(bytes.getBytes());
        cert.signature = key.sign(cert.md);
      };
      cert.verify = function(child) {
        var rval = false;
        if (!cert.issued(child)) {
          var issuer = child.issuer;
          var subject = cert.subject;
          var error = new Error(
            "The parent certificate did not issue the given child certificate; the child certificate's issuer does not match the parent's subject."
          );
          error.expectedIssuer = subject.attributes;
          error.actualIssuer = issuer.attributes;
          throw error;
        }
        var md = child.md;
        if (md === null) {
          md = _createSignatureDigest({
            signatureOid: child.signatureOid,
            type: "certificate"
          });
          var tbsCertificate = child.tbsCertificate || pki.getTBSCertificate(child);
          var bytes = asn1.toDer(tbsCertificate);
          md.update(bytes.getBytes());
        }
        if (md !== null) {
          rval = _verifySignature({
            certificate: child,
            publicKey: cert.publicKey,
            md,
            signature: child.signature
          });
        }
        return rval;
      };
      cert.isIssuer = function(parent) {
        var rval = false;
        var i = cert.issuer;
        var s = parent.subject;
        if (i.hash && s.hash) {
          rval = i.hash === s.hash;
        } else if (i.attributes.length === s.attributes.length) {
          rval = true;
          var iattr, sattr;
          for (var n = 0; rval && n < i.attributes.length; ++n) {
            iattr = i.attributes[n];
            sattr = s.attributes[n];
            if (iattr.type !== sattr.type || iattr.value !== sattr.value) {
              rval = false;
            }
          }
        }
        return rval;
      };
      cert.issued = function(child) {
        return child.isIssuer(cert);
      };
      cert.generateSubjectKeyIdentifier = function() {
        return pki.getPublicKeyFingerprint(cert.publicKey, { type: "RSAPublicKey" });
      };
      cert.verifySubjectKeyIdentifier = function() {
        var oid = oids["subjectKeyIdentifier"];
        for (var i = 0; i < cert.extensions.length; ++i) {
          var ext = cert.extensions[i];
          if (ext.id === oid) {
            var ski = cert.generateSubjectKeyIdentifier().getBytes();
            return forge2.util.hexToBytes(ext.subjectKeyIdentifier) === ski;
          }
        }
        return false;
      };
      return cert;
    };
    pki.certificateFromAsn1 = function(obj, computeHash) {
      var capture = {};
      var errors = [];
      if (!asn1.validate(obj, x509CertificateValidator, capture, errors)) {
        var error = new Error("Cannot read X.509 certificate. ASN.1 object is not an X509v3 Certificate.");
        error.errors = errors;
        throw error;
      }
      var oid = asn1.derToOid(capture.publicKeyOid);
      if (oid !== pki.oids.rsaEncryption) {
        throw new Error("Cannot read public key. OID is not RSA.");
      }
      var cert = pki.createCertificate();
      cert.version = capture.certVersion ? capture.certVersion.charCodeAt(0) : 0;
      var serial = forge2.util.createBuffer(capture.certSerialNumber);
      cert.serialNumber = serial.toHex();
      cert.signatureOid = forge2.asn1.derToOid(capture.certSignatureOid);
      cert.signatureParameters = _readSignatureParameters(
        cert.signatureOid,
        capture.certSignatureParams,
        true
      );
      cert.siginfo.algorithmOid = forge2.asn1.derToOid(capture.certinfoSignatureOid);
      cert.siginfo.parameters = _readSignatureParameters(
        cert.siginfo.algorithmOid,
        capture.certinfoSignatureParams,
        false
      );
      cert.signature = capture.certSignature;
      var validity = [];
      if (capture.certValidity1UTCTime !== void 0) {
        validity.push(asn1.utcTimeToDate(capture.certValidity1UTCTime));
      }
      if (capture.certValidity2GeneralizedTime !== void 0) {
        validity.push(asn1.generalizedTimeToDate(
          capture.certValidity2GeneralizedTime
        ));
      }
      if (capture.certValidity3UTCTime !== void 0) {
        validity.push(asn1.utcTimeToDate(capture.certValidity3UTCTime));
      }
      if (capture.certValidity4GeneralizedTime !== void 0) {
        validity.push(asn1.generalizedTimeToDate(
          capture.certValidity4GeneralizedTime
        ));
      }
      if (validity.length > 2) {
        throw new Error("Cannot read notBefore/notAfter validity times; more than two times were provided in the certificate.");
      }
      if (validity.length < 2) {
        throw new Error("Cannot read notBefore/notAfter validity times; they were not provided as either UTCTime or GeneralizedTime.");
      }
      cert.validity.notBefore = validity[0];
      cert.validity.notAfter = validity[1];
      cert.tbsCertificate = capture.tbsCertificate;
      if (computeHash) {
        cert.md = _createSignatureDigest({
          signatureOid: cert.signatureOid,
          type: "certificate"
        });
        var bytes = asn1.toDer(cert.tbsCertificate);
        cert.md.update(bytes.getBytes());
      }
      var imd = forge2.md.sha1.create();
      var ibytes = asn1.toDer(capture.certIssuer);
      imd.update(ibytes.getBytes());
      cert.issuer.getField = function(sn) {
        return _getAttribute(cert.issuer, sn);
      };
      cert.issuer.addField = function(attr) {
        _fillMissingFields([attr]);
        cert.issuer.attributes.push(attr);
      };
      cert.issuer.attributes = pki.RDNAttributesAsArray(capture.certIssuer);
      if (capture.certIssuerUniqueId) {
        cert.issuer.uniqueId = capture.certIssuerUniqueId;
      }
      cert.issuer.hash = imd.digest().toHex();
      var smd = forge2.md.sha1.create();
      var sbytes = asn1.toDer(capture.certSubject);
      smd.update(sbytes.getBytes());
      cert.subject.getField = function(sn) {
        return _getAttribute(cert.subject, sn);
      };
      cert.subject.addField = function(attr) {
        _fillMissingFields([attr]);
        cert.subject.attributes.push(attr);
      };
      cert.subject.attributes = pki.RDNAttributesAsArray(capture.certSubject);
      if (capture.certSubjectUniqueId) {
        cert.subject.uniqueId = capture.certSubjectUniqueId;
      }
      cert.subject.hash = smd.digest().toHex();
      if (capture.certExtensions) {
        cert.extensions = pki.certificateExtensionsFromAsn1(capture.certExtensions);
      } else {
        cert.extensions = [];
      }
      cert.publicKey = pki.publicKeyFromAsn1(capture.subjectPublicKeyInfo);
      return cert;
    };
    pki.certificateExtensionsFromAsn1 = function(exts) {
      var rval = [];
      for (var i = 0; i < exts.value.length; ++i) {
        var extseq = exts.value[i];
        for (var ei = 0; ei < extseq.value.length; ++ei) {
          rval.push(pki.certificateExtensionFromAsn1(extseq.value[ei]));
        }
      }
      return rval;
    };
    pki.certificateExtensionFromAsn1 = function(ext) {
      var e = {};
      e.id = asn1.derToOid(ext.value[0].value);
      e.critical = false;
      if (ext.value[1].type === asn1.Type.BOOLEAN) {
        e.critical = ext.value[1].value.charCodeAt(0) !== 0;
        e.value = ext.value[2].value;
      } else {
        e.value = ext.value[1].value;
      }
      if (e.id in oids) {
        e.name = oids[e.id];
        if (e.name === "keyUsage") {
          var ev = asn1.fromDer(e.value);
          var b2 = 0;
          var b3 = 0;
          if (ev.value.length > 1) {
            b2 = ev.value.charCodeAt(1);
            b3 = ev.value.length > 2 ? ev.value.charCodeAt(2) : 0;
          }
          e.digitalSignature = (b2 & 128) === 128;
          e.nonRepudiation = (b2 & 64) === 64;
          e.keyEncipherment = (b2 & 32) === 32;
          e.dataEncipherment = (b2 & 16) === 16;
          e.keyAgreement = (b2 & 8) === 8;
          e.keyCertSign = (b2 & 4) === 4;
          e.cRLSign = (b2 & 2) === 2;
          e.encipherOnly = (b2 & 1) === 1;
          e.decipherOnly = (b3 & 128) === 128;
        } else if (e.name === "basicConstraints") {
          var ev = asn1.fromDer(e.value);
          if (ev.value.length > 0 && ev.value[0].type === asn1.Type.BOOLEAN) {
            e.cA = ev.value[0].value.charCodeAt(0) !== 0;
          } else {
            e.cA = false;
          }
          var value = null;
          if (ev.value.length > 0 && ev.value[0].type === asn1.Type.INTEGER) {
            value = ev.value[0].value;
          } else if (ev.value.length > 1) {
            value = ev.value[1].value;
          }
          if (value !== null) {
            e.pathLenConstraint = asn1.derToInteger(value);
          }
        } else if (e.name === "extKeyUsage") {
          var ev = asn1.fromDer(e.value);
          for (var vi = 0; vi < ev.value.length; ++vi) {
            var oid = asn1.derToOid(ev.value[vi].value);
            if (oid in oids) {
              e[oids[oid]] = true;
            } else {
              e[oid] = true;
            }
          }
        } else if (e.name === "nsCertType") {
          var ev = asn1.fromDer(e.value);
          var b2 = 0;
          if (ev.value.length > 1) {
            b2 = ev.value.charCodeAt(1);
          }
          e.client = (b2 & 128) === 128;
          e.server = (b2 & 64) === 64;
          e.email = (b2 & 32) === 32;
          e.objsign = (b2 & 16) === 16;
          e.reserved = (b2 & 8) === 8;
          e.sslCA = (b2 & 4) === 4;
          e.emailCA = (b2 & 2) === 2;
          e.objCA = (b2 & 1) === 1;
        } else if (e.name === "subjectAltName" || e.name === "issuerAltName") {
          e.altNames = [];
          var gn;
          var ev = asn1.fromDer(e.value);
          for (var n = 0; n < ev.value.length; ++n) {
            gn = ev.value[n];
            var altName = {
              type: gn.type,
              value: gn.value
            };
            e.altNames.push(altName);
            switch (gn.type) {
              // rfc822Name
              case 1:
              // dNSName
              case 2:
              // uniformResourceIdentifier (URI)
              case 6:
                break;
              // IPAddress
              case 7:
                altName.ip = forge2.util.bytesToIP(gn.value);
                break;
              // registeredID
              case 8:
                altName.oid = asn1.derToOid(gn.value);
                break;
              default:
            }
          }
        } else if (e.name === "nameConstraints" && e.id === "2.5.29.30") {
          try {
            var nc = _readNameConstraints(asn1.fromDer(e.value));
            e.permittedSubtrees = nc.permittedSubtrees;
            e.excludedSubtrees = nc.excludedSubtrees;
            e.unsupportedSubtreeRange = nc.unsupportedSubtreeRange;
          } catch (ex) {
          }
        } else if (e.name === "subjectKeyIdentifier") {
          var ev = asn1.fromDer(e.value);
          e.subjectKeyIdentifier = forge2.util.bytesToHex(ev.value);
        }
      }
      return e;
    };
    function _readNameConstraints(ev) {
      var rval = {
        permittedSubtrees: [],
        excludedSubtrees: [],
        unsupportedSubtreeRange: false
      };
      if (ev.tagClass !== asn1.Class.UNIVERSAL || ev.type !== asn1.Type.SEQUENCE || !forge2.util.isArray(ev.value)) {
        throw new Error("Invalid nameConstraints extension.");
      }
      for (var i = 0; i < ev.value.length; ++i) {
        var trees = ev.value[i];
        var list;
        if (trees.tagClass === asn1.Class.CONTEXT_SPECIFIC && trees.type === 0) {
          list = rval.permittedSubtrees;
        } else if (trees.tagClass === asn1.Class.CONTEXT_SPECIFIC && trees.type === 1) {
          list = rval.excludedSubtrees;
        } else {
          throw new Error("Invalid nameConstraints extension.");
        }
        if (!forge2.util.isArray(trees.value)) {
          throw new Error("Invalid nameConstraints extension.");
        }
        for (var n = 0; n < trees.value.length; ++n) {
          var subtree = trees.value[n];
          if (subtree.type !== asn1.Type.SEQUENCE || !forge2.util.isArray(subtree.value) || subtree.value.length === 0 || subtree.value[0].tagClass !== asn1.Class.CONTEXT_SPECIFIC) {
            throw new Error("Invalid nameConstraints extension.");
          }
          var gn = subtree.value[0];
          var base = {
            type: gn.type,
            value: gn.value
          };
          if (gn.type === 4 && forge2.util.isArray(gn.value) && gn.value.length === 1 && gn.value[0].type === asn1.Type.SEQUENCE && forge2.util.isArray(gn.value[0].value)) {
            base.attributes = pki.RDNAttributesAsArray(gn.value[0]);
          }
          for (var m = 1; m < subtree.value.length; ++m) {
            var bd = subtree.value[m];
            if (bd.tagClass === asn1.Class.CONTEXT_SPECIFIC && bd.type === 0) {
              base.minimum = asn1.derToInteger(bd.value);
              if (base.minimum !== 0) {
                rval.unsupportedSubtreeRange = true;
              }
            } else if (bd.tagClass === asn1.Class.CONTEXT_SPECIFIC && bd.type === 1) {
              base.maximum = asn1.derToInteger(bd.value);
              rval.unsupportedSubtreeRange = true;
            } else {
              throw new Error("Invalid nameConstraints extension.");
            }
          }
          list.push(base);
        }
      }
      return rval;
    }
    pki.certificationRequestFromAsn1 = function(obj, computeHash) {
      var capture = {};
      var errors = [];
      if (!asn1.validate(obj, certificationRequestValidator, capture, errors)) {
        var error = new Error("Cannot read PKCS#10 certificate request. ASN.1 object is not a PKCS#10 CertificationRequest.");
        error.errors = errors;
        throw error;
      }
      var oid = asn1.derToOid(capture.publicKeyOid);
      if (oid !== pki.oids.rsaEncryption) {
        throw new Error("Cannot read public key. OID is not RSA.");
      }
      var csr = pki.createCertificationRequest();
      csr.version = capture.csrVersion ? capture.csrVersion.charCodeAt(0) : 0;
      csr.signatureOid = forge2.asn1.derToOid(capture.csrSignatureOid);
      csr.signatureParameters = _readSignatureParameters(
        csr.signatureOid,
        capture.csrSignatureParams,
        true
      );
      csr.siginfo.algorithmOid = forge2.asn1.derToOid(capture.csrSignatureOid);
      csr.siginfo.parameters = _readSignatureParameters(
        csr.siginfo.algorithmOid,
        capture.csrSignatureParams,
        false
      );
      csr.signature = capture.csrSignature;
      csr.certificationRequestInfo = capture.certificationRequestInfo;
      if (computeHash) {
        csr.md = _createSignatureDigest({
          signatureOid: csr.signatureOid,
          type: "certification request"
        });
        var bytes = asn1.toDer(csr.certificationRequestInfo);
        csr.md.update(bytes.getBytes());
      }
      var smd = forge2.md.sha1.create();
      csr.subject.getField = function(sn) {
        return _getAttribute(csr.subject, sn);
      };
      csr.subject.addField = function(attr) {
        _fillMissingFields([attr]);
        csr.subject.attributes.push(attr);
      };
      csr.subject.attributes = pki.RDNAttributesAsArray(
        capture.certificationRequestInfoSubject,
        smd
      );
      csr.subject.hash = smd.digest().toHex();
      csr.publicKey = pki.publicKeyFromAsn1(capture.subjectPublicKeyInfo);
      csr.getAttribute = function(sn) {
        return _getAttribute(csr, sn);
      };
      csr.addAttribute = function(attr) {
        _fillMissingFields([attr]);
        csr.attributes.push(attr);
      };
      csr.attributes = pki.CRIAttributesAsArray(
        capture.certificationRequestInfoAttributes || []
      );
      return csr;
    };
    pki.createCertificationRequest = function() {
      var csr = {};
      csr.version = 0;
      csr.signatureOid = null;
      csr.signature = null;
      csr.siginfo = {};
      csr.siginfo.algorithmOid = null;
      csr.subject = {};
      csr.subject.getField = function(sn) {
        return _getAttribute(csr.subject, sn);
      };
      csr.subject.addField = function(attr) {
        _fillMissingFields([attr]);
        csr.subject.attributes.push(attr);
      };
      csr.subject.attributes = [];
      csr.subject.hash = null;
      csr.publicKey = null;
      csr.attributes = [];
      csr.getAttribute = function(sn) {
        return _getAttribute(csr, sn);
      };
      csr.addAttribute = function(attr) {
        _fillMissingFields([attr]);
        csr.attributes.push(attr);
      };
      csr.md = null;
      csr.setSubject = function(attrs) {
        _fillMissingFields(attrs);
        csr.subject.attributes = attrs;
        csr.subject.hash = null;
      };
      csr.setAttributes = function(attrs) {
        _fillMissingFields(attrs);
        csr.attributes = attrs;
      };
      csr.sign = function(key, md) {
        csr.md = md || forge2.md.sha1.create();
        var algorithmOid = oids[csr.md.algorithm + "WithRSAEncryption"];
        if (!algorithmOid) {
          var error = new Error("Could not compute certification request digest. Unknown message digest algorithm OID.");
          error.algorithm = csr.md.algorithm;
          throw error;
        }
        csr.signatureOid = csr.siginfo.algorithmOid = algorithmOid;
        csr.certificationRequestInfo = pki.getCertificationRequestInfo(csr);
        var bytes = asn1.toDer(csr.certificationRequestInfo);
        csr.md.update(bytes.getBytes());
        csr.signature = key.sign(csr.md);
      };
      csr.verify = function() {
        var rval = false;
        var md = csr.md;
        if (md === null) {
          md = _createSignatureDigest({
            signatureOid: csr.signatureOid,
            type: "certification request"
          });
          var cri = csr.certificationRequestInfo || pki.getCertificationRequestInfo(csr);
          var bytes = asn1.toDer(cri);
          md.update(bytes.getBytes());
        }
        if (md !== null) {
          rval = _verifySignature({
            certificate: csr,
            md,
            signature: csr.signature
          });
        }
        return rval;
      };
      return csr;
    };
    function _dnToAsn1(obj) {
      var rval = asn1.create(
        asn1.Class.UNIVERSAL,
        asn1.Type.SEQUENCE,
        true,
        []
      );
      var attr, set;
      var attrs = obj.attributes;
      for (var i = 0; i < attrs.length; ++i) {
        attr = attrs[i];
        var value = attr.value;
        var valueTagClass = asn1.Type.PRINTABLESTRING;
        if ("valueTagClass" in attr) {
          valueTagClass = attr.valueTagClass;
          if (valueTagClass === asn1.Type.UTF8) {
            value = forge2.util.encodeUtf8(value);
          }
        }
        set = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, [
          asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
            // AttributeType
            asn1.create(
              asn1.Class.UNIVERSAL,
              asn1.Type.OID,
              false,
              asn1.oidToDer(attr.type).getBytes()
            ),
            // AttributeValue
            asn1.create(asn1.Class.UNIVERSAL, valueTagClass, false, value)
          ])
        ]);
        rval.value.push(set);
      }
      return rval;
    }
    function _fillMissingFields(attrs) {
      var attr;
      for (var i = 0; i < attrs.length; ++i) {
        attr = attrs[i];
        if (typeof attr.name === "undefined") {
          if (attr.type && attr.type in pki.oids) {
            attr.name = pki.oids[attr.type];
          } else if (attr.shortName && attr.shortName in _shortNames) {
            attr.name = pki.oids[_shortNames[attr.shortName]];
          }
        }
        if (typeof attr.type === "undefined") {
          if (attr.name && attr.name in pki.oids) {
            attr.type = pki.oids[attr.name];
          } else {
            var error = new Error("Attribute type not specified.");
            error.attribute = attr;
            throw error;
          }
        }
        if (typeof attr.shortName === "undefined") {
          if (attr.name && attr.name in _shortNames) {
            attr.shortName = _shortNames[attr.name];
          }
        }
        if (attr.type === oids.extensionRequest) {
          attr.valueConstructed = true;
          attr.valueTagClass = asn1.Type.SEQUENCE;
          if (!attr.value && attr.extensions) {
            attr.value = [];
            for (var ei = 0; ei < attr.extensions.length; ++ei) {
              attr.value.push(pki.certificateExtensionToAsn1(
                _fillMissingExtensionFields(attr.extensions[ei])
              ));
            }
          }
        }
        if (typeof attr.value === "undefined") {
          var error = new Error("Attribute value not specified.");
          error.attribute = attr;
          throw error;
        }
      }
    }
    function _fillMissingExtensionFields(e, options) {
      options = options || {};
      if (typeof e.name === "undefined") {
        if (e.id && e.id in pki.oids) {
          e.name = pki.oids[e.id];
        }
      }
      if (typeof e.id === "undefined") {
        if (e.name && e.name in pki.oids) {
          e.id = pki.oids[e.name];
        } else {
          var error = new Error("Extension ID not specified.");
          error.extension = e;
          throw error;
        }
      }
      if (typeof e.value !== "undefined") {
        return e;
      }
      if (e.name === "keyUsage") {
        var unused = 0;
        var b2 = 0;
        var b3 = 0;
        if (e.digitalSignature) {
          b2 |= 128;
          unused = 7;
        }
        if (e.nonRepudiation) {
          b2 |= 64;
          unused = 6;
        }
        if (e.keyEncipherment) {
          b2 |= 32;
          unused = 5;
        }
        if (e.dataEncipherment) {
          b2 |= 16;
          unused = 4;
        }
        if (e.keyAgreement) {
          b2 |= 8;
          unused = 3;
        }
        if (e.keyCertSign) {
          b2 |= 4;
          unused = 2;
        }
        if (e.cRLSign) {
          b2 |= 2;
          unused = 1;
        }
        if (e.encipherOnly) {
          b2 |= 1;
          unused = 0;
        }
        if (e.decipherOnly) {
          b3 |= 128;
          unused = 7;
        }
        var value = String.fromCharCode(unused);
        if (b3 !== 0) {
          value += String.fromCharCode(b2) + String.fromCharCode(b3);
        } else if (b2 !== 0) {
          value += String.fromCharCode(b2);
        }
        e.value = asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.BITSTRING,
          false,
          value
        );
      } else if (e.name === "basicConstraints") {
        e.value = asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.SEQUENCE,
          true,
          []
        );
        if (e.cA) {
          e.value.value.push(asn1.create(
            asn1.Class.UNIVERSAL,
            asn1.Type.BOOLEAN,
            false,
            String.fromCharCode(255)
          ));
        }
        if ("pathLenConstraint" in e) {
          e.value.value.push(asn1.create(
            asn1.Class.UNIVERSAL,
            asn1.Type.INTEGER,
            false,
            asn1.integerToDer(e.pathLenConstraint).getBytes()
          ));
        }
      } else if (e.name === "extKeyUsage") {
        e.value = asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.SEQUENCE,
          true,
          []
        );
        var seq = e.value.value;
        for (var key in e) {
          if (e[key] !== true) {
            continue;
          }
          if (key in oids) {
            seq.push(asn1.create(
              asn1.Class.UNIVERSAL,
              asn1.Type.OID,
              false,
              asn1.oidToDer(oids[key]).getBytes()
            ));
          } else if (key.indexOf(".") !== -1) {
            seq.push(asn1.create(
              asn1.Class.UNIVERSAL,
              asn1.Type.OID,
              false,
              asn1.oidToDer(key).getBytes()
            ));
          }
        }
      } else if (e.name === "nsCertType") {
        var unused = 0;
        var b2 = 0;
        if (e.client) {
          b2 |= 128;
          unused = 7;
        }
        if (e.server) {
          b2 |= 64;
          unused = 6;
        }
        if (e.email) {
          b2 |= 32;
          unused = 5;
        }
        if (e.objsign) {
          b2 |= 16;
          unused = 4;
        }
        if (e.reserved) {
          b2 |= 8;
          unused = 3;
        }
        if (e.sslCA) {
          b2 |= 4;
          unused = 2;
        }
        if (e.emailCA) {
          b2 |= 2;
          unused = 1;
        }
        if (e.objCA) {
          b2 |= 1;
          unused = 0;
        }
        var value = String.fromCharCode(unused);
        if (b2 !== 0) {
          value += String.fromCharCode(b2);
        }
        e.value = asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.BITSTRING,
          false,
          value
        );
      } else if (e.name === "subjectAltName" || e.name === "issuerAltName") {
        e.value = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, []);
        var altName;
        for (var n = 0; n < e.altNames.length; ++n) {
          altName = e.altNames[n];
          var value = altName.value;
          if (altName.type === 7 && altName.ip) {
            value = forge2.util.bytesFromIP(altName.ip);
            if (value === null) {
              var error = new Error(
                'Extension "ip" value is not a valid IPv4 or IPv6 address.'
              );
              error.extension = e;
              throw error;
            }
          } else if (altName.type === 8) {
            if (altName.oid) {
              value = asn1.oidToDer(asn1.oidToDer(altName.oid));
            } else {
              value = asn1.oidToDer(value);
            }
          }
          e.value.value.push(asn1.create(
            asn1.Class.CONTEXT_SPECIFIC,
            altName.type,
            false,
            value
          ));
        }
      } else if (e.name === "nsComment" && options.cert) {
        if (!/^[\x00-\x7F]*$/.test(e.comment) || e.comment.length < 1 || e.comment.length > 128) {
          throw new Error('Invalid "nsComment" content.');
        }
        e.value = asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.IA5STRING,
          false,
          e.comment
        );
      } else if (e.name === "subjectKeyIdentifier" && options.cert) {
        var ski = options.cert.generateSubjectKeyIdentifier();
        e.subjectKeyIdentifier = ski.toHex();
        e.value = asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.OCTETSTRING,
          false,
          ski.getBytes()
        );
      } else if (e.name === "authorityKeyIdentifier" && options.cert) {
        e.value = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, []);
        var seq = e.value.value;
        if (e.keyIdentifier) {
          var keyIdentifier = e.keyIdentifier === true ? options.cert.generateSubjectKeyIdentifier().getBytes() : e.keyIdentifier;
          seq.push(
            asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, false, keyIdentifier)
          );
        }
        if (e.authorityCertIssuer) {
          var authorityCertIssuer = [
            asn1.create(asn1.Class.CONTEXT_SPECIFIC, 4, true, [
              _dnToAsn1(e.authorityCertIssuer === true ? options.cert.issuer : e.authorityCertIssuer)
            ])
          ];
          seq.push(
            asn1.create(asn1.Class.CONTEXT_SPECIFIC, 1, true, authorityCertIssuer)
          );
        }
        if (e.serialNumber) {
          var serialNumber = forge2.util.hexToBytes(e.serialNumber === true ? options.cert.serialNumber : e.serialNumber);
          seq.push(
            asn1.create(asn1.Class.CONTEXT_SPECIFIC, 2, false, serialNumber)
          );
        }
      } else if (e.name === "cRLDistributionPoints") {
        e.value = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, []);
        var seq = e.value.value;
        var subSeq = asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.SEQUENCE,
          true,
          []
        );
        var fullNameGeneralNames = asn1.create(
          asn1.Class.CONTEXT_SPECIFIC,
          0,
          true,
          []
        );
        var altName;
        for (var n = 0; n < e.altNames.length; ++n) {
          altName = e.altNames[n];
          var value = altName.value;
          if (altName.type === 7 && altName.ip) {
            value = forge2.util.bytesFromIP(altName.ip);
            if (value === null) {
              var error = new Error(
                'Extension "ip" value is not a valid IPv4 or IPv6 address.'
              );
              error.extension = e;
              throw error;
            }
          } else if (altName.type === 8) {
            if (altName.oid) {
              value = asn1.oidToDer(asn1.oidToDer(altName.oid));
            } else {
              value = asn1.oidToDer(value);
            }
          }
          fullNameGeneralNames.value.push(asn1.create(
            asn1.Class.CONTEXT_SPECIFIC,
            altName.type,
            false,
            value
          ));
        }
        subSeq.value.push(asn1.create(
          asn1.Class.CONTEXT_SPECIFIC,
          0,
          true,
          [fullNameGeneralNames]
        ));
        seq.push(subSeq);
      }
      if (typeof e.value === "undefined") {
        var error = new Error("Extension value not specified.");
        error.extension = e;
        throw error;
      }
      return e;
    }
    function _signatureParametersToAsn1(oid, params) {
      switch (oid) {
        case oids["RSASSA-PSS"]:
          var parts = [];
          if (params.hash.algorithmOid !== void 0) {
            parts.push(asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, true, [
              asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
                asn1.create(
                  asn1.Class.UNIVERSAL,
                  asn1.Type.OID,
                  false,
                  asn1.oidToDer(params.hash.algorithmOid).getBytes()
                ),
                asn1.create(asn1.Class.UNIVERSAL, asn1.Type.NULL, false, "")
              ])
            ]));
          }
          if (params.mgf.algorithmOid !== void 0) {
            parts.push(asn1.create(asn1.Class.CONTEXT_SPECIFIC, 1, true, [
              asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
                asn1.create(
                  asn1.Class.UNIVERSAL,
                  asn1.Type.OID,
                  false,
                  asn1.oidToDer(params.mgf.algorithmOid).getBytes()
                ),
                asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
                  asn1.create(
                    asn1.Class.UNIVERSAL,
                    asn1.Type.OID,
                    false,
                    asn1.oidToDer(params.mgf.hash.algorithmOid).getBytes()
                  ),
                  asn1.create(asn1.Class.UNIVERSAL, asn1.Type.NULL, false, "")
                ])
              ])
            ]));
          }
          if (params.saltLength !== void 0) {
            parts.push(asn1.create(asn1.Class.CONTEXT_SPECIFIC, 2, true, [
              asn1.create(
                asn1.Class.UNIVERSAL,
                asn1.Type.INTEGER,
                false,
                asn1.integerToDer(params.saltLength).getBytes()
              )
            ]));
          }
          return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, parts);
        default:
          return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.NULL, false, "");
      }
    }
    function _CRIAttributesToAsn1(csr) {
      var rval = asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, true, []);
      if (csr.attributes.length === 0) {
        return rval;
      }
      var attrs = csr.attributes;
      for (var i = 0; i < attrs.length; ++i) {
        var attr = attrs[i];
        var value = attr.value;
        var valueTagClass = asn1.Type.UTF8;
        if ("valueTagClass" in attr) {
          valueTagClass = attr.valueTagClass;
        }
        if (valueTagClass === asn1.Type.UTF8) {
          value = forge2.util.encodeUtf8(value);
        }
        var valueConstructed = false;
        if ("valueConstructed" in attr) {
          valueConstructed = attr.valueConstructed;
        }
        var seq = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
          // AttributeType
          asn1.create(
            asn1.Class.UNIVERSAL,
            asn1.Type.OID,
            false,
            asn1.oidToDer(attr.type).getBytes()
          ),
          asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, [
            // AttributeValue
            asn1.create(
              asn1.Class.UNIVERSAL,
              valueTagClass,
              valueConstructed,
              value
            )
          ])
        ]);
        rval.value.push(seq);
      }
      return rval;
    }
    var jan_1_1950 = /* @__PURE__ */ new Date("1950-01-01T00:00:00Z");
    var jan_1_2050 = /* @__PURE__ */ new Date("2050-01-01T00:00:00Z");
    function _dateToAsn1(date) {
      if (date >= jan_1_1950 && date < jan_1_2050) {
        return asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.UTCTIME,
          false,
          asn1.dateToUtcTime(date)
        );
      } else {
        return asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.GENERALIZEDTIME,
          false,
          asn1.dateToGeneralizedTime(date)
        );
      }
    }
    pki.getTBSCertificate = function(cert) {
      var notBefore = _dateToAsn1(cert.validity.notBefore);
      var notAfter = _dateToAsn1(cert.validity.notAfter);
      var tbs = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
        // version
        asn1.create(asn1.Class.CONTEXT_SPECIFIC, 0, true, [
          // integer
          asn1.create(
            asn1.Class.UNIVERSAL,
            asn1.Type.INTEGER,
            false,
            asn1.integerToDer(cert.version).getBytes()
          )
        ]),
        // serialNumber
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          forge2.util.hexToBytes(cert.serialNumber)
        ),
        // signature
        asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
          // algorithm
          asn1.create(
            asn1.Class.UNIVERSAL,
            asn1.Type.OID,
            false,
            asn1.oidToDer(cert.siginfo.algorithmOid).getBytes()
          ),
          // parameters
          _signatureParametersToAsn1(
            cert.siginfo.algorithmOid,
            cert.siginfo.parameters
          )
        ]),
        // issuer
        _dnToAsn1(cert.issuer),
        // validity
        asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
          notBefore,
          notAfter
        ]),
        // subject
        _dnToAsn1(cert.subject),
        // SubjectPublicKeyInfo
        pki.publicKeyToAsn1(cert.publicKey)
      ]);
      if (cert.issuer.uniqueId) {
        tbs.value.push(
          asn1.create(asn1.Class.CONTEXT_SPECIFIC, 1, true, [
            asn1.create(
              asn1.Class.UNIVERSAL,
              asn1.Type.BITSTRING,
              false,
              // TODO: support arbitrary bit length ids
              String.fromCharCode(0) + cert.issuer.uniqueId
            )
          ])
        );
      }
      if (cert.subject.uniqueId) {
        tbs.value.push(
          asn1.create(asn1.Class.CONTEXT_SPECIFIC, 2, true, [
            asn1.create(
              asn1.Class.UNIVERSAL,
              asn1.Type.BITSTRING,
              false,
              // TODO: support arbitrary bit length ids
              String.fromCharCode(0) + cert.subject.uniqueId
            )
          ])
        );
      }
      if (cert.extensions.length > 0) {
        tbs.value.push(pki.certificateExtensionsToAsn1(cert.extensions));
      }
      return tbs;
    };
    pki.getCertificationRequestInfo = function(csr) {
      var cri = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
        // version
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.INTEGER,
          false,
          asn1.integerToDer(csr.version).getBytes()
        ),
        // subject
        _dnToAsn1(csr.subject),
        // SubjectPublicKeyInfo
        pki.publicKeyToAsn1(csr.publicKey),
        // attributes
        _CRIAttributesToAsn1(csr)
      ]);
      return cri;
    };
    pki.distinguishedNameToAsn1 = function(dn) {
      return _dnToAsn1(dn);
    };
    pki.certificateToAsn1 = function(cert) {
      var tbsCertificate = cert.tbsCertificate || pki.getTBSCertificate(cert);
      return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
        // TBSCertificate
        tbsCertificate,
        // AlgorithmIdentifier (signature algorithm)
        asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
          // algorithm
          asn1.create(
            asn1.Class.UNIVERSAL,
            asn1.Type.OID,
            false,
            asn1.oidToDer(cert.signatureOid).getBytes()
          ),
          // parameters
          _signatureParametersToAsn1(cert.signatureOid, cert.signatureParameters)
        ]),
        // SignatureValue
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.BITSTRING,
          false,
          String.fromCharCode(0) + cert.signature
        )
      ]);
    };
    pki.certificateExtensionsToAsn1 = function(exts) {
      var rval = asn1.create(asn1.Class.CONTEXT_SPECIFIC, 3, true, []);
      var seq = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, []);
      rval.value.push(seq);
      for (var i = 0; i < exts.length; ++i) {
        seq.value.push(pki.certificateExtensionToAsn1(exts[i]));
      }
      return rval;
    };
    pki.certificateExtensionToAsn1 = function(ext) {
      var extseq = asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, []);
      extseq.value.push(asn1.create(
        asn1.Class.UNIVERSAL,
        asn1.Type.OID,
        false,
        asn1.oidToDer(ext.id).getBytes()
      ));
      if (ext.critical) {
        extseq.value.push(asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.BOOLEAN,
          false,
          String.fromCharCode(255)
        ));
      }
      var value = ext.value;
      if (typeof ext.value !== "string") {
        value = asn1.toDer(value).getBytes();
      }
      extseq.value.push(asn1.create(
        asn1.Class.UNIVERSAL,
        asn1.Type.OCTETSTRING,
        false,
        value
      ));
      return extseq;
    };
    pki.certificationRequestToAsn1 = function(csr) {
      var cri = csr.certificationRequestInfo || pki.getCertificationRequestInfo(csr);
      return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
        // CertificationRequestInfo
        cri,
        // AlgorithmIdentifier (signature algorithm)
        asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [
          // algorithm
          asn1.create(
            asn1.Class.UNIVERSAL,
            asn1.Type.OID,
            false,
            asn1.oidToDer(csr.signatureOid).getBytes()
          ),
          // parameters
          _signatureParametersToAsn1(csr.signatureOid, csr.signatureParameters)
        ]),
        // signature
        asn1.create(
          asn1.Class.UNIVERSAL,
          asn1.Type.BITSTRING,
          false,
          String.fromCharCode(0) + csr.signature
        )
      ]);
    };
    pki.createCaStore = function(certs) {
      var caStore = {
        // stored certificates
        certs: {}
      };
      caStore.getIssuer = function(cert2) {
        var rval = getBySubject(cert2.issuer);
        return rval;
      };
      caStore.addCertificate = function(cert2) {
        if (typeof cert2 === "string") {
          cert2 = forge2.pki.certificateFromPem(cert2);
        }
        ensureSubjectHasHash(cert2.subject);
        if (!caStore.hasCertificate(cert2)) {
          if (cert2.subject.hash in caStore.certs) {
            var tmp = caStore.certs[cert2.subject.hash];
            if (!forge2.util.isArray(tmp)) {
              tmp = [tmp];
            }
            tmp.push(cert2);
            caStore.certs[cert2.subject.hash] = tmp;
          } else {
            caStore.certs[cert2.subject.hash] = cert2;
          }
        }
      };
      caStore.hasCertificate = function(cert2) {
        if (typeof cert2 === "string") {
          cert2 = forge2.pki.certificateFromPem(cert2);
        }
        var match = getBySubject(cert2.subject);
        if (!match) {
          return false;
        }
        if (!forge2.util.isArray(match)) {
          match = [match];
        }
        var der1 = asn1.toDer(pki.certificateToAsn1(cert2)).getBytes();
        for (var i2 = 0; i2 < match.length; ++i2) {
          var der2 = asn1.toDer(pki.certificateToAsn1(match[i2])).getBytes();
          if (der1 === der2) {
            return true;
          }
        }
        return false;
      };
      caStore.listAllCertificates = function() {
        var certList = [];
        for (var hash in caStore.certs) {
          if (caStore.certs.hasOwnProperty(hash)) {
            var value = caStore.certs[hash];
            if (!forge2.util.isArray(value)) {
              certList.push(value);
            } else {
              for (var i2 = 0; i2 < value.length; ++i2) {
                certList.push(value[i2]);
              }
            }
          }
        }
        return certList;
      };
      caStore.removeCertificate = function(cert2) {
        var result;
        if (typeof cert2 === "string") {
          cert2 = forge2.pki.certificateFromPem(cert2);
        }
        ensureSubjectHasHash(cert2.subject);
        if (!caStore.hasCertificate(cert2)) {
          return null;
        }
        var match = getBySubject(cert2.subject);
        if (!forge2.util.isArray(match)) {
          result = caStore.certs[cert2.subject.hash];
          delete caStore.certs[cert2.subject.hash];
          return result;
        }
        var der1 = asn1.toDer(pki.certificateToAsn1(cert2)).getBytes();
        for (var i2 = 0; i2 < match.length; ++i2) {
          var der2 = asn1.toDer(pki.certificateToAsn1(match[i2])).getBytes();
          if (der1 === der2) {
            result = match[i2];
            match.splice(i2, 1);
          }
        }
        if (match.length === 0) {
          delete caStore.certs[cert2.subject.hash];
        }
        return result;
      };
      function getBySubject(subject) {
        ensureSubjectHasHash(subject);
        return caStore.certs[subject.hash] || null;
      }
      function ensureSubjectHasHash(subject) {
        if (!subject.hash) {
          var md = forge2.md.sha1.create();
          subject.attributes = pki.RDNAttributesAsArray(_dnToAsn1(subject), md);
          subject.hash = md.digest().toHex();
        }
      }
      if (certs) {
        for (var i = 0; i < certs.length; ++i) {
          var cert = certs[i];
          caStore.addCertificate(cert);
        }
      }
      return caStore;
    };
    pki.certificateError = {
      bad_certificate: "forge.pki.BadCertificate",
      unsupported_certificate: "forge.pki.UnsupportedCertificate",
      certificate_revoked: "forge.pki.CertificateRevoked",
      certificate_expired: "forge.pki.CertificateExpired",
      certificate_unknown: "forge.pki.CertificateUnknown",
      unknown_ca: "forge.pki.UnknownCertificateAuthority"
    };
    var _generalNameTypes = {
      0: "otherName",
      1: "rfc822Name",
      2: "dNSName",
      3: "x400Address",
      4: "directoryName",
      5: "ediPartyName",
      6: "uniformResourceIdentifier",
      7: "iPAddress",
      8: "registeredID"
    };
    var _maxNameConstraintChecks = 1 << 20;
    function _getNameConstraints(cert) {
      var rval = [];
      for (var i = 0; i < cert.extensions.length; ++i) {
        var ext = cert.extensions[i];
        if (ext.id !== "2.5.29.30") {
          continue;
        }
        var nc;
        try {
          var value = ext.value;
          if (typeof value === "string") {
            value = asn1.fromDer(value);
          }
          nc = _readNameConstraints(value);
        } catch (ex) {
          rval.push({ invalid: true });
          continue;
        }
        rval.push({
          permitted: _prepareSubtrees(nc.permittedSubtrees),
          excluded: _prepareSubtrees(nc.excludedSubtrees)
        });
      }
      return rval;
    }
    function _prepareSubtrees(subtrees) {
      var rval = [];
      for (var i = 0; i < subtrees.length; ++i) {
        var subtree = subtrees[i];
        var st = { type: subtree.type, supported: _isSupportedSubtree(subtree) };
        if (st.supported) {
          switch (st.type) {
            case 1:
              var at = subtree.value.lastIndexOf("@");
              st.local = at === -1 ? null : subtree.value.substr(0, at);
              st.host = subtree.value.substr(at + 1).toLowerCase();
              break;
            case 2:
            case 6:
              st.host = subtree.value.toLowerCase();
              break;
            case 4:
              st.attributes = _canonicalAttributes(subtree.attributes);
              break;
            case 7:
              st.value = subtree.value;
              break;
          }
        }
        rval.push(st);
      }
      return rval;
    }
    function _isSupportedSubtree(subtree) {
      if (subtree.minimum && subtree.minimum !== 0 || "maximum" in subtree) {
        return false;
      }
      switch (subtree.type) {
        case 1:
        case 2:
        case 6:
          return typeof subtree.value === "string";
        case 4:
          return forge2.util.isArray(subtree.attributes);
        case 7:
          return typeof subtree.value === "string" && (subtree.value.length === 8 || subtree.value.length === 32);
      }
      return false;
    }
    function _canonicalAttributes(attrs) {
      var rval = [];
      for (var i = 0; i < attrs.length; ++i) {
        var value = attrs[i].value;
        if (typeof value === "string") {
          value = value.replace(/[ \t\n\v\f\r]+/g, " ");
          if (value.charAt(0) === " ") {
            value = value.substr(1);
          }
          if (value.charAt(value.length - 1) === " ") {
            value = value.substr(0, value.length - 1);
          }
          value = value.replace(/[A-Z]+/g, function(s) {
            return s.toLowerCase();
          });
        }
        rval.push({ type: attrs[i].type, value });
      }
      return rval;
    }
    function _isHostName(value) {
      if (typeof value !== "string") {
        return false;
      }
      var labels = false;
      for (var i = 0; i < value.length; ++i) {
        var c = value.charAt(i);
        if (/[a-zA-Z0-9_]/.test(c)) {
          continue;
        }
        if (i > 0 && i < value.length - 1) {
          if (c === "-") {
            continue;
          }
          var next = value.charAt(i + 1);
          if (c === "." && next !== "." && next !== "-" && value.charAt(i - 1) !== "-") {
            labels = true;
            continue;
          }
        }
        return false;
      }
      return labels;
    }
    function _getConstrainedNames(cert, leaf) {
      var rval = { names: [], unsupported: {}, types: {} };
      var attrs = cert.subject.attributes;
      var i;
      if (attrs.length > 0) {
        _addConstrainedName(rval, 4, attrs);
      }
      for (i = 0; i < attrs.length; ++i) {
        if (attrs[i].type === oids.emailAddress) {
          _addConstrainedName(rval, 1, attrs[i].value);
        }
      }
      var hasDnsName = false;
      for (i = 0; i < cert.extensions.length; ++i) {
        var san = cert.extensions[i];
        if (san.id !== "2.5.29.17") {
          continue;
        }
        var altNames = san.altNames || [];
        for (var n = 0; n < altNames.length; ++n) {
          var altName = altNames[n];
          var value = altName.value;
          if (altName.type === 2) {
            hasDnsName = true;
          }
          switch (altName.type) {
            case 4:
              value = null;
              if (forge2.util.isArray(altName.value) && altName.value.length === 1 && altName.value[0].type === asn1.Type.SEQUENCE && forge2.util.isArray(altName.value[0].value)) {
                value = pki.RDNAttributesAsArray(altName.value[0]);
              }
              break;
            case 7:
              if (altName.ip) {
                value = forge2.util.bytesFromIP(altName.ip);
              }
              break;
          }
          _addConstrainedName(rval, altName.type, value);
        }
      }
      if (leaf && !hasDnsName) {
        for (i = 0; i < attrs.length; ++i) {
          if (attrs[i].type === oids.commonName && _isHostName(attrs[i].value)) {
            _addConstrainedName(rval, 2, attrs[i].value);
          }
        }
      }
      return rval;
    }
    function _addConstrainedName(names, type, value) {
      var name = { type, value };
      var ok = false;
      names.types[type] = true;
      switch (type) {
        case 1:
          ok = typeof value === "string" && value.lastIndexOf("@") !== -1;
          if (ok) {
            var at = value.lastIndexOf("@");
            name.local = value.substr(0, at);
            name.host = value.substr(at + 1).toLowerCase();
          }
          break;
        case 2:
          ok = typeof value === "string";
          if (ok) {
            name.host = value.toLowerCase();
          }
          break;
        case 4:
          ok = forge2.util.isArray(value);
          if (ok) {
            name.attributes = _canonicalAttributes(value);
          }
          break;
        case 6:
          var m = typeof value === "string" && /^[a-zA-Z][a-zA-Z0-9+.\-]*:\/\/([^\/?#]*)/.exec(value);
          if (m) {
            var host = m[1].substr(m[1].lastIndexOf("@") + 1);
            if (host.charAt(0) === "[") {
              name.host = null;
            } else {
              var colon = host.indexOf(":");
              if (colon !== -1) {
                host = host.substr(0, colon);
              }
              name.host = host.toLowerCase();
            }
            ok = host.length > 0;
          }
          break;
        case 7:
          ok = typeof value === "string" && (value.length === 4 || value.length === 16);
          break;
      }
      if (ok) {
        names.names.push(name);
      } else {
        names.unsupported[type] = true;
      }
    }
    function _hostMatchesConstraint(host, base) {
      if (base.length === 0) {
        return true;
      }
      if (base.charAt(0) === ".") {
        return host.length > base.length && host.substr(host.length - base.length) === base;
      }
      return host === base;
    }
    function _nameMatchesConstraint(name, subtree) {
      var value = name.host;
      var base = subtree.host;
      var i;
      switch (name.type) {
        case 1:
          if (subtree.local !== null) {
            return (subtree.local === "" || name.local === subtree.local) && value === base;
          }
          return _hostMatchesConstraint(value, base);
        case 2:
          if (base.length === 0) {
            return true;
          }
          if (base.charAt(0) === ".") {
            return value.length > base.length && value.substr(value.length - base.length) === base;
          }
          return value === base || value.length > base.length && value.substr(value.length - base.length - 1) === "." + base;
        case 6:
          return value !== null && _hostMatchesConstraint(value, base);
        case 4:
          var battrs = subtree.attributes;
          var attrs = name.attributes;
          if (battrs.length > attrs.length) {
            return false;
          }
          for (i = 0; i < battrs.length; ++i) {
            if (battrs[i].type !== attrs[i].type || battrs[i].value !== attrs[i].value) {
              return false;
            }
          }
          return true;
        case 7:
          value = name.value;
          base = subtree.value;
          if (base.length !== value.length * 2) {
            return false;
          }
          for (i = 0; i < value.length; ++i) {
            var mask = base.charCodeAt(value.length + i);
            if ((value.charCodeAt(i) & mask) !== (base.charCodeAt(i) & mask)) {
              return false;
            }
          }
          return true;
      }
      return false;
    }
    function _nameToString(name) {
      if (name.type === 4) {
        var parts = [];
        for (var i = 0; i < name.value.length; ++i) {
          var attr = name.value[i];
          parts.push((attr.shortName || attr.name || attr.type) + "=" + attr.value);
        }
        return parts.join(", ");
      }
      if (name.type === 7) {
        return forge2.util.bytesToIP(name.value);
      }
      return name.value;
    }
    function _checkNameConstraints(cert, constraints, count, leaf, work) {
      if (count === 0) {
        return null;
      }
      var subject = _getConstrainedNames(cert, leaf);
      var names = subject.names;
      var i;
      var n;
      var k;
      var nc;
      var subtree;
      var typeName;
      for (i = 0; i < count && work.checks <= _maxNameConstraintChecks; ++i) {
        nc = constraints[i];
        work.checks += (names.length + 1) * (nc.invalid ? 1 : nc.permitted.length + nc.excluded.length + 1);
      }
      if (work.checks > _maxNameConstraintChecks) {
        return {
          message: "Certificate name constraints require too many checks.",
          error: pki.certificateError.unsupported_certificate
        };
      }
      for (i = 0; i < count; ++i) {
        nc = constraints[i];
        if (nc.invalid) {
          return {
            message: "Certificate name constraint could not be parsed.",
            error: pki.certificateError.unsupported_certificate
          };
        }
        var all = nc.permitted.concat(nc.excluded);
        for (n = 0; n < all.length; ++n) {
          subtree = all[n];
          if (subtree.type in subject.unsupported || !subtree.supported && subtree.type in subject.types) {
            typeName = _generalNameTypes[subtree.type] || String(subtree.type);
            return {
              message: "Certificate name constraint of type " + typeName + " is not supported.",
              error: pki.certificateError.unsupported_certificate,
              nameType: typeName
            };
          }
        }
      }
      for (k = 0; k < names.length; ++k) {
        var name = names[k];
        for (i = 0; i < count; ++i) {
          nc = constraints[i];
          var found = false;
          var matched = false;
          for (n = 0; !matched && n < nc.permitted.length; ++n) {
            subtree = nc.permitted[n];
            if (subtree.type === name.type) {
              found = true;
              matched = _nameMatchesConstraint(name, subtree);
            }
          }
          if (found && !matched) {
            return {
              message: "Certificate subject name is not permitted by a name constraint.",
              error: pki.certificateError.bad_certificate,
              nameValue: _nameToString(name),
              nameType: _generalNameTypes[name.type]
            };
          }
          for (n = 0; n < nc.excluded.length; ++n) {
            subtree = nc.excluded[n];
            if (subtree.type === name.type && _nameMatchesConstraint(name, subtree)) {
              return {
                message: "Certificate subject name is excluded by a name constraint.",
                error: pki.certificateError.bad_certificate,
                nameValue: _nameToString(name),
                nameType: _generalNameTypes[name.type]
              };
            }
          }
        }
      }
      return null;
    }
    pki.verifyCertificateChain = function(caStore, chain, options) {
      if (typeof options === "function") {
        options = { verify: options };
      }
      options = options || {};
      chain = chain.slice(0);
      var certs = chain.slice(0);
      var validityCheckDate = options.validityCheckDate;
      if (typeof validityCheckDate === "undefined") {
        validityCheckDate = /* @__PURE__ */ new Date();
      }
      var ncList = [];
      var ncCount = [];
      var ncWork = { checks: 0 };
      var last = certs[certs.length - 1];
      if (last && !last.isIssuer(last)) {
        var anchors = caStore.getIssuer(last);
        anchors = anchors ? forge2.util.isArray(anchors) ? anchors.slice() : [anchors] : [];
        for (var ai = 0; ai < anchors.length; ++ai) {
          var anchorNc = _getNameConstraints(anchors[ai]);
          if (anchorNc.length > 0) {
            var anchorVerified = false;
            try {
              anchorVerified = anchors[ai].verify(last);
            } catch (ex) {
            }
            for (var an = 0; anchorVerified && an < anchorNc.length; ++an) {
              ncList.push(anchorNc[an]);
            }
          }
        }
      }
      for (var ci = certs.length - 1; ci >= 0; --ci) {
        ncCount[ci] = ncList.length;
        var certNc = ci > 0 ? _getNameConstraints(certs[ci]) : [];
        for (var cn = 0; cn < certNc.length; ++cn) {
          ncList.push(certNc[cn]);
        }
      }
      var first = true;
      var error = null;
      var depth = 0;
      do {
        var cert = chain.shift();
        var parent = null;
        var selfSigned = false;
        if (validityCheckDate) {
          if (validityCheckDate < cert.validity.notBefore || validityCheckDate > cert.validity.notAfter) {
            error = {
              message: "Certificate is not valid yet or has expired.",
              error: pki.certificateError.certificate_expired,
              notBefore: cert.validity.notBefore,
              notAfter: cert.validity.notAfter,
              // TODO: we might want to reconsider renaming 'now' to
              // 'validityCheckDate' should this API be changed in the future.
              now: validityCheckDate
            };
          }
        }
        if (error === null) {
          parent = chain[0] || caStore.getIssuer(cert);
          if (parent === null) {
            if (cert.isIssuer(cert)) {
              selfSigned = true;
              parent = cert;
            }
          }
          if (parent) {
            var parents = forge2.util.isArray(parent) ? parent.slice() : [parent];
            var verified = false;
            while (!verified && parents.length > 0) {
              parent = parents.shift();
              try {
                verified = parent.verify(cert);
              } catch (ex) {
              }
            }
            if (!verified) {
              error = {
                message: "Certificate signature is invalid.",
                error: pki.certificateError.bad_certificate
              };
            }
          }
          if (error === null && (!parent || selfSigned) && !caStore.hasCertificate(cert)) {
            error = {
              message: "Certificate is not trusted.",
              error: pki.certificateError.unknown_ca
            };
          }
        }
        if (error === null && parent && !cert.isIssuer(parent)) {
          error = {
            message: "Certificate issuer is invalid.",
            error: pki.certificateError.bad_certificate
          };
        }
        if (error === null && (first || !cert.isIssuer(cert))) {
          error = _checkNameConstraints(
            cert,
            ncList,
            ncCount[depth],
            first,
            ncWork
          );
        }
        if (error === null) {
          var se = {
            keyUsage: true,
            basicConstraints: true,
            nameConstraints: true
          };
          for (var i = 0; error === null && i < cert.extensions.length; ++i) {
            var ext = cert.extensions[i];
            if (ext.critical && (!(ext.name in se) || ext.name === "nameConstraints" && ext.id !== "2.5.29.30")) {
              error = {
                message: "Certificate has an unsupported critical extension.",
                error: pki.certificateError.unsupported_certificate
              };
            }
          }
        }
        if (error === null && (!first || chain.length === 0 && (!parent || selfSigned))) {
          var bcExt = cert.getExtension({ id: "2.5.29.19" });
          var keyUsageExt = cert.getExtension("keyUsage");
          if (keyUsageExt !== null) {
            if (!keyUsageExt.keyCertSign || bcExt === null) {
              error = {
                message: "Certificate keyUsage or basicConstraints conflict or indicate that the certificate is not a CA. If the certificate is the only one in the chain or isn't the first then the certificate must be a valid CA.",
                error: pki.certificateError.bad_certificate
              };
            }
          }
          if (error === null && bcExt === null) {
            error = {
              message: "Certificate is missing basicConstraints extension and cannot be used as a CA.",
              error: pki.certificateError.bad_certificate
            };
          }
          if (error === null && bcExt !== null && !bcExt.cA) {
            error = {
              message: "Certificate basicConstraints indicates the certificate is not a CA.",
              error: pki.certificateError.bad_certificate
            };
          }
          if (error === null && bcExt !== null && "pathLenConstraint" in bcExt) {
            var pathLen = depth - 1;
            if (pathLen > bcExt.pathLenConstraint) {
              error = {
                message: "Certificate basicConstraints pathLenConstraint violated.",
                error: pki.certificateError.bad_certificate
              };
            }
          }
        }
        var vfd = error === null ? true : error.error;
        var ret = options.verify ? options.verify(vfd, depth, certs) : vfd;
        if (ret === true) {
          error = null;
        } else {
          if (vfd === true) {
            error = {
              message: "The application rejected the certificate.",
              error: pki.certificateError.bad_certificate
            };
          }
          if (ret || ret === 0) {
            if (typeof ret === "object" && !forge2.util.isArray(ret)) {
              if (ret.message) {
                error.message = ret.message;
              }
              if (ret.error) {
                error.error = ret.error;
              }
            } else if (typeof ret === "string") {
              error.error = ret;
            }
          }
          throw error;
        }
        first = false;
        ++depth;
      } while (chain.length > 0);
      return true;
    };
  }
});

// src/credentials/der.ts
function identifyDer(bytes) {
  const outer = readElement(bytes, 0);
  if (outer?.tag !== "30") return void 0;
  const outline = describeOutline(bytes, outer);
  const kind = DER_OUTLINES.find(([pattern]) => pattern.test(outline))?.[1] ?? "other-der";
  const fits = outer.end === bytes.length || bytes[1] === 130 && outer.end > bytes.length;
  return kind !== "other-der" || fits ? { kind, size: outer.end } : void 0;
}
function readElement(bytes, at) {
  const tag2 = bytes.toString("hex", at, at + 1);
  const length = bytes[at + 1] ?? 255;
  const element = (start2, end) => ({ tag: tag2, start: start2, end });
  if (length < 128) return element(at + 2, at + 2 + length);
  if (length === 128) return element(at + 2, bytes.length);
  const start = at + 2 + (length & 127);
  if (length > 132 || start > bytes.length) return void 0;
  return element(start, start + bytes.readUIntBE(at + 2, start - at - 2));
}
function describeOutline(bytes, parent, depth = 0) {
  const seen = [];
  let opensNext = depth === 0;
  let at = parent.start;
  while (at < parent.end && seen.length < 12) {
    const child = readElement(bytes, at);
    if (!child) break;
    if (child.tag === "02" && child.end - child.start === 1) {
      seen.push(`02=${bytes[child.start] ?? ""}`);
    } else if (child.tag === "30" && opensNext) {
      seen.push(`30(${describeOutline(bytes, child, depth + 1)})`);
      opensNext = false;
    } else {
      seen.push(child.tag);
    }
    at = child.end;
  }
  return seen.join(" ");
}
var DER_OUTLINES;
var init_der = __esm({
  "src/credentials/der.ts"() {
    "use strict";
    DER_OUTLINES = [
      [/^02=[01] 30\(06.*\) 04/, "pkcs8"],
      // RFC 5958 §2
      [/^02=0( 02(=\d+)?){5}$/, "dsa"],
      [/^02=[01] 02/, "pkcs1"],
      // RFC 8017 appendix A.1.2
      [/^02=1 04/, "sec1"],
      // RFC 5915 §3
      [/^30\(06.*\) 04/, "encrypted-pkcs8"],
      // RFC 5958 §3
      [/^30\(06.*\) 03/, "public-key"],
      // RFC 5280 §4.1
      [/^02 02(=\d+)?$/, "public-key"],
      // RFC 8017 appendix A.1.1
      [/^30\((a0|02(=\d+)? 30 30 30)/, "certificate"],
      // RFC 5280 §4.1, version 3 or 1
      [/^30\(02=0 30 30/, "certificate-request"],
      // RFC 2986 §4
      [/^02=3 30/, "pkcs12"],
      // RFC 7292 §4
      [/^06 a0/, "pkcs7"]
      // RFC 5652 §3
    ];
  }
});

// src/credentials/pem.ts
function normalizePastedText(value) {
  const visible = value.replace(/[\ufeff\u200b\u2060]/g, "");
  const unescaped = visible.replace(/\\{1,4}[rn]/g, "\n");
  const text3 = trimQuotesAndSpace(unescaped);
  const repairs = [
    [visible !== value, "with a byte-order mark"],
    [text3 !== unescaped.trim(), "in quotes"],
    [unescaped !== visible, "with \\n escapes"]
  ];
  return { text: text3, repairs: repairs.filter(([needed]) => needed).map(([, words]) => words) };
}
function trimQuotesAndSpace(text3) {
  const wrapping = /[\s"'`\\\u2018\u2019\u201c\u201d]/;
  let start = 0;
  let end = text3.length;
  while (wrapping.test(text3.charAt(start))) start++;
  while (wrapping.test(text3.charAt(end - 1))) end--;
  return text3.slice(start, end);
}
function decodeBase64(text3) {
  const compact = text3.replace(/\s+/g, "");
  return /^[\w+/-]+=*$/.test(compact) ? import_node_buffer.Buffer.from(compact, "base64") : void 0;
}
function decodeText(file) {
  const utf16 = file.toString("latin1", 0, 2) === "\xFF\xFE";
  const text3 = file.toString(utf16 ? "utf16le" : "utf8");
  return hasControlCharacters(text3) ? void 0 : text3;
}
function hasControlCharacters(text3) {
  return /[^\P{Cc}\t\n\r]|\ufffd/u.test(text3);
}
function findPemBlocks(text3) {
  const markers = [...text3.matchAll(PEM_BOUNDARY)];
  return markers.flatMap((begin, i) => {
    const [start, word, label = ""] = begin;
    if (word !== "BEGIN") return [];
    const next = markers[i + 1];
    const closed = next?.[1] === "END";
    const inside = text3.slice(begin.index + start.length, next?.index);
    const [header2, cipher, iv] = PEM_ENCRYPTION_HEADERS.exec(inside) ?? [];
    const base64 = inside.replace(header2 ?? "", "").replace(closed ? "" : /-.*/s, "");
    const body = base64.replace(/[\s\\]+/g, "");
    return [
      {
        label,
        body,
        encryptedPem: cipher && iv ? writeEncrypted(label, `${cipher},${iv}`, body) : void 0,
        closed,
        isMultiline: inside.includes("\n")
      }
    ];
  });
}
function startsWithEndLine(text3) {
  return text3.matchAll(PEM_BOUNDARY).next().value?.[1] === "END";
}
function writeEncrypted(label, dekInfo, body) {
  const name = `${/EC|DSA/.exec(label)?.[0] ?? "RSA"} PRIVATE KEY`;
  const lines = body.replace(/.{1,64}/g, "$&\n");
  return `-----BEGIN ${name}-----
Proc-Type: 4,ENCRYPTED
DEK-Info: ${dekInfo}

${lines}-----END ${name}-----
`;
}
var import_node_buffer, PEM_BOUNDARY, PEM_ENCRYPTION_HEADERS;
var init_pem = __esm({
  "src/credentials/pem.ts"() {
    "use strict";
    import_node_buffer = require("node:buffer");
    PEM_BOUNDARY = /-{1,5}\s?(BEGIN|END)([A-Z0-9.#\s]{1,40})(?:-{1,5}|$)/g;
    PEM_ENCRYPTION_HEADERS = /Proc-Type:[^:]{0,40}DEK-Info:\s?([A-Z0-9-]{1,20}),\s?((?:[0-9A-F]{16}){1,2})/;
  }
});

// src/credentials/detect-certificates.ts
function* detectCertificates(text3, depth = 0) {
  if (mentionsPrivateKey(text3) || hasEncodedPrivateKey(text3)) yield PRIVATE_KEY;
  const blocks = findPemBlocks(text3);
  for (const { label, body, closed } of blocks) {
    const isCertificate = label.trim().endsWith("CERTIFICATE");
    const bytes2 = decodeBase64(body);
    const detections = bytes2 ? [...detectInFile(bytes2, depth)] : [];
    yield* label.includes("TRUSTED") ? detections.slice(0, 1) : detections;
    if (!closed) yield { kind: "truncated", der: NO_BYTES };
    else if (isCertificate && detections.every(({ kind }) => kind === "other-der")) {
      yield { kind: "damaged", der: NO_BYTES };
    }
  }
  if (blocks.length > 0) return;
  const bytes = decodeBase64(text3);
  if (bytes) yield* detectInFile(bytes, depth);
}
function* detectInFile(file, depth) {
  if (mentionsPrivateKey(file.toString("latin1").replaceAll("\0", ""))) yield PRIVATE_KEY;
  const text3 = identifyDer(file) ? void 0 : decodeText(file);
  if (text3 !== void 0) {
    if (depth < MAX_NESTING) yield* detectCertificates(normalizePastedText(text3).text, depth + 1);
    return;
  }
  for (let rest = file; rest.length > 0; ) {
    const der = identifyDer(rest);
    if (!der) {
      if (rest !== file) yield { kind: "damaged", der: NO_BYTES };
      return;
    }
    const bytes = rest.subarray(0, der.size);
    yield { kind: kindOf(der.kind), der: bytes };
    if (bytes.length < der.size) yield { kind: "truncated", der: NO_BYTES };
    rest = rest.subarray(der.size);
    while (rest[0] === LINE_FEED || rest[0] === CARRIAGE_RETURN) rest = rest.subarray(1);
  }
}
function kindOf(kind) {
  return isPrivateKind(kind) ? "private-key" : kind;
}
function isPrivateKind(kind) {
  return PRIVATE_KINDS.some((one) => one === kind);
}
function mentionsPrivateKey(text3) {
  const words = /(?:BEGIN|END)[A-Z0-9]{0,30}PRIVATEKEY|openssh-key-v1|PuTTY-User-Key-File|privateExponent:|[{,]"d":"[\w-]{20}/;
  return words.test(text3.replace(/[\s\\]+/g, ""));
}
function hasEncodedPrivateKey(text3) {
  for (const { index } of text3.matchAll(/(?<![A-Za-z0-9+/])(?:M[A-P]|LS0t|b3Bl)/g)) {
    const file = Buffer.from(text3.slice(index, index + 400), "base64");
    const der = identifyDer(file);
    if (der && isPrivateKind(der.kind)) return true;
    if (mentionsPrivateKey(file.toString("latin1"))) return true;
  }
  return false;
}
var NO_BYTES, PRIVATE_KEY, MAX_NESTING, LINE_FEED, CARRIAGE_RETURN, PRIVATE_KINDS;
var init_detect_certificates = __esm({
  "src/credentials/detect-certificates.ts"() {
    "use strict";
    init_der();
    init_pem();
    NO_BYTES = Buffer.alloc(0);
    PRIVATE_KEY = { kind: "private-key", der: NO_BYTES };
    MAX_NESTING = 3;
    LINE_FEED = 10;
    CARRIAGE_RETURN = 13;
    PRIVATE_KINDS = ["pkcs8", "pkcs1", "sec1", "encrypted-pkcs8", "dsa"];
  }
});

// src/credentials/key-problems.ts
function recognizeText(text3) {
  if (hasControlCharacters(text3)) return "raw-bytes";
  if (startsWithEndLine(text3)) return "end-line";
  return TEXT_PATTERNS.find(([pattern]) => pattern.test(text3))?.[1];
}
function keyInputFor(input) {
  return input === "mtls-private-key" ? MUTUAL_TLS_KEY : SIGNING_KEY;
}
function newKeyDetails(input) {
  const { pemFile, certify, convert, file } = keyInputFor(input);
  const command = `\`openssl genrsa -out ${pemFile} 2048\``;
  return { remedy: steps(`Create an RSA key: ${command}.`, certify, convert), inputs: [input], file };
}
function steps(...sentences) {
  return sentences.filter((sentence) => sentence !== void 0).map((sentence) => sentence.startsWith("`") ? `Run ${sentence}.` : sentence).join(" ");
}
function toKeyError(kind, facts) {
  const { code: code2 = "KEY_UNREADABLE", problem, remedy } = KEY_PROBLEMS[kind];
  const key = keyInputFor(facts.input);
  const text3 = typeof problem === "string" ? problem : problem(facts, key);
  return new ActionError(code2, `\`${facts.input}\` ${text3}.`, {
    remedy: remedy(key, facts.input),
    inputs: [facts.input],
    file: key.file,
    cause: facts.cause
  });
}
var TEXT_PATTERNS, TO_DER, SIGNING_KEY, MUTUAL_TLS_KEY, useKeyFile, copyAgain, convertWith, KEY_PROBLEMS;
var init_key_problems = __esm({
  "src/credentials/key-problems.ts"() {
    "use strict";
    init_errors();
    init_pem();
    TEXT_PATTERNS = [
      [/^$/, "empty"],
      [/^[{[]/, "json"],
      [/^PuTTY-User-Key-File-/, "ppk"],
      [/(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S{1,20}|sk-\S{1,40}) AAAA/, "public-key"],
      [/^eyJ[\w-]*(?:\.[\w-]*){2,4}$/, "jwt"],
      [/^(?:\$.{1,200}|%\w+%|\*+|<[^<>]*>|[A-Z0-9]+(?:_[A-Z0-9]+)+)$/s, "placeholder"],
      [/^</, "markup"],
      [/^(?=.{1,260}$)(?:@|~[\\/]|\.{1,2}[\\/]|[a-z]:[\\/]|file:|\/[\w.-]+(?:\/[\w.-]+)+$)/is, "path"],
      [/^.{1,260}\.(?:der|key|pem|p8|pk8|p12|pfx|jks|ppk|crt|cer|csr|pub|b64|base64|txt)$/is, "path"],
      [/^(?:0x)?(?:[0-9a-f]{2}[\s:]?){16,}$/i, "hex"],
      [/^0\u201a/, "raw-bytes"]
    ];
    TO_DER = "`openssl pkcs8 -topk8 -inform PEM -outform DER -in server.key -out server.der -nocrypt`";
    SIGNING_KEY = {
      passphrase: "private-key-passphrase",
      pemFile: "server.key",
      file: "server.der",
      convert: TO_DER,
      decrypt: TO_DER,
      certify: "Register a certificate for it."
    };
    MUTUAL_TLS_KEY = {
      passphrase: "mtls-passphrase",
      pemFile: "client.key",
      file: "client.key",
      decrypt: "`openssl pkey -in encrypted.key -out client.key`",
      certify: "Get a client certificate for it."
    };
    useKeyFile = ({ convert, pemFile }) => steps(`Use the private key's own file, ${pemFile}.`, convert);
    copyAgain = ({ file }) => `Copy the whole file (${file}) again.`;
    convertWith = (command) => ({ pemFile, convert }) => steps(`Convert it: ${command(pemFile)}.`, convert);
    KEY_PROBLEMS = {
      empty: { code: "INPUT_MISSING", problem: "is empty", remedy: () => "" },
      certificate: { problem: "is a certificate, not a private key", remedy: useKeyFile },
      "certificate-request": { problem: "is a certificate request, not a private key", remedy: useKeyFile },
      "public-key": { problem: "is a public key. Only the private key can sign", remedy: useKeyFile },
      openssh: {
        problem: "is a private key in OpenSSH's own format",
        remedy: convertWith(
          (pemFile) => `\`cp id_rsa ${pemFile} && ssh-keygen -p -m PKCS8 -N "" -f ${pemFile}\``
        )
      },
      ppk: {
        problem: "is a private key in PuTTY's own format (.ppk)",
        remedy: convertWith((pemFile) => `\`puttygen key.ppk -O private-openssh -o ${pemFile}\``)
      },
      pkcs12: {
        problem: "is a PKCS#12 file (.p12 or .pfx)",
        remedy: convertWith((pemFile) => `\`openssl pkcs12 -in server.p12 -nocerts -nodes -out ${pemFile}\``)
      },
      jks: {
        problem: "is a Java keystore (JKS)",
        remedy: convertWith(
          (pemFile) => `\`keytool -importkeystore -srckeystore server.jks -destkeystore server.p12 -deststoretype PKCS12\`, then \`openssl pkcs12 -in server.p12 -nocerts -nodes -out ${pemFile}\``
        )
      },
      pkcs7: { problem: "is a PKCS#7 file, which contains certificates but no key", remedy: useKeyFile },
      dsa: {
        code: "KEY_UNSUPPORTED",
        problem: "is a DSA key, which cannot be used",
        remedy: (_, input) => newKeyDetails(input).remedy
      },
      "other-der": {
        problem: ({ length }) => `is a DER file (${length} bytes) that is not a private key`,
        remedy: useKeyFile
      },
      damaged: {
        problem: "starts like a private key, but is damaged or of an unknown kind",
        remedy: copyAgain
      },
      truncated: {
        problem: ({ length, size }) => `is truncated: it has ${length} of its ${size} bytes, ${size - length} are missing`,
        remedy: copyAgain
      },
      "end-missing": { problem: "is a truncated PEM file: its END line is missing", remedy: useKeyFile },
      trailing: {
        problem: ({ length, size }) => `is a private key of ${size} bytes, followed by ${length - size} extra bytes`,
        remedy: copyAgain
      },
      oversized: {
        problem: ({ length }) => `is a file of ${length} bytes, too large for a private key`,
        remedy: useKeyFile
      },
      "first-line": {
        problem: "contains only the first line of a PEM file: the command that stored it reads one line",
        remedy: copyAgain
      },
      "end-line": {
        problem: "contains only the end of a PEM file: its BEGIN line is missing",
        remedy: useKeyFile
      },
      "pem-garbled": {
        problem: "is a PEM file with something other than base64 between BEGIN and END",
        remedy: useKeyFile
      },
      "pem-unknown": {
        problem: ({ length }) => `is a PEM file, but the ${length} bytes inside are not a key`,
        remedy: useKeyFile
      },
      "raw-bytes": {
        problem: "contains the bytes of a binary file such as DER, corrupted because they were stored as text",
        remedy: ({ file }) => `Store the file (${file}) as text, in base64.`
      },
      path: {
        problem: "looks like the name of a file, not its content",
        remedy: ({ file }) => `Store the content of the file (${file}).`
      },
      jwt: { problem: "is a JWT, which the key signs, not the key", remedy: useKeyFile },
      json: { problem: "is a JSON document (another service's key, or a JWK)", remedy: useKeyFile },
      markup: { problem: "is an XML or HTML document", remedy: useKeyFile },
      hex: { problem: "contains hexadecimal digits instead of base64", remedy: copyAgain },
      placeholder: {
        problem: "is a placeholder or the name of a variable, not its value",
        remedy: () => "Check how the secret is referenced. If it was never stored, store the key."
      },
      "base64-unknown": {
        problem: ({ length }) => `is base64, but the ${length} bytes in it are not a key`,
        remedy: useKeyFile
      },
      "text-unknown": {
        problem: ({ length }) => `contains ${length} characters of text that are neither base64 nor PEM`,
        remedy: useKeyFile
      },
      "passphrase-missing": {
        code: "KEY_ENCRYPTED",
        problem: (_, { passphrase }) => `is an encrypted private key, and \`${passphrase}\` is empty`,
        remedy: ({ passphrase, decrypt: decrypt2 }) => `Set \`${passphrase}\`, or remove the passphrase: ${decrypt2}.`
      },
      "passphrase-wrong": {
        code: "KEY_ENCRYPTED",
        problem: (_, { passphrase }) => `is an encrypted private key that \`${passphrase}\` does not decrypt`,
        remedy: ({ passphrase, decrypt: decrypt2 }) => `Correct \`${passphrase}\` (check for extra spaces and quotes), or remove the passphrase: ${decrypt2}.`
      },
      "cipher-unsupported": {
        code: "KEY_UNSUPPORTED",
        problem: "is a private key encrypted with an old algorithm that OpenSSL 3 no longer supports",
        remedy: ({ pemFile, convert }) => steps(
          `Encrypt it again: \`openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in old.key -out ${pemFile}\`.`,
          convert
        )
      }
    };
  }
});

// src/credentials/certificate-problems.ts
function certificateProblemIn(text3, detections) {
  const kind = detections[0]?.kind ?? recognizeText(text3);
  return (kind && CERTIFICATE_PROBLEMS[kind]) ?? {
    problem: "contains no certificate, neither as PEM text nor as base64 of a certificate file"
  };
}
function toCertificateError({ input, file }, { problem, remedy }) {
  return new ActionError("CERTIFICATE_UNREADABLE", `\`${input}\` ${problem}.`, {
    remedy: remedy ?? expectedContent(file),
    inputs: [input],
    file
  });
}
function toPrivateKeyError({ input, file, keyInput }) {
  return new ActionError(
    "CERTIFICATE_IS_PRIVATE_KEY",
    `\`${input}\` contains a private key. A certificate is public, so this input can appear in logs.`,
    {
      remedy: `${expectedContent(file)} Store the key as a secret, and pass it as \`${keyInput}\`. If it was pasted anywhere but in a secret (a workflow file, a variable, a log), treat it as leaked: create a new key pair and register its certificate.`,
      inputs: [input]
    }
  );
}
function expectedContent(file) {
  return `It must be what \`openssl x509 -in ${file}\` prints.`;
}
var SIGN_REQUEST, DAMAGE, CERTIFICATE_PROBLEMS;
var init_certificate_problems = __esm({
  "src/credentials/certificate-problems.ts"() {
    "use strict";
    init_errors();
    init_key_problems();
    SIGN_REQUEST = "openssl x509 -req -sha256 -days 365 -in server.csr -signkey server.key -out server.crt";
    DAMAGE = {
      truncated: "is truncated: its end was lost in copying",
      damaged: "is damaged: characters were changed, added, or lost in copying"
    };
    CERTIFICATE_PROBLEMS = {
      "certificate-request": {
        problem: "is a certificate request, which still has to be signed",
        remedy: `Create the certificate from it: \`${SIGN_REQUEST}\`.`
      },
      "public-key": {
        problem: "is a public key without a certificate",
        remedy: `Create the certificate as in step 3 of Sprinklr's guide: \`${SIGN_REQUEST}\`.`
      },
      pkcs7: {
        problem: "is a PKCS#7 file",
        remedy: "Extract the certificate: `openssl pkcs7 -print_certs -in server.p7b -out server.crt`."
      },
      pkcs12: {
        problem: "is a PKCS#12 file, which usually contains the private key",
        remedy: "Extract only the certificate: `openssl pkcs12 -in server.p12 -clcerts -nokeys -out server.crt`. If the file was stored anywhere but in a secret, create a new key pair."
      },
      "end-line": { problem: DAMAGE.truncated },
      placeholder: {
        problem: "is a placeholder that was never replaced",
        remedy: "Check the name of the secret or variable, and how it is referenced."
      },
      path: {
        problem: "is a path or a file name, not the content of a file",
        remedy: "Print the content with `openssl x509 -in server.crt`."
      },
      "raw-bytes": {
        problem: "contains the bytes of a binary file, which a text field corrupts",
        remedy: "Convert the file to text: `openssl base64 -A -in server.crt`."
      }
    };
  }
});

// src/credentials/certificate.ts
function parseCertificate(value, input) {
  const source = { input, file: "server.crt", keyInput: "private-key" };
  const [x509, ...others] = parseCertificates(value, source);
  if (x509 === void 0 || others.length > 0) {
    throw toCertificateError(source, {
      problem: `contains ${others.length + 1} certificates. Only the one of the private key belongs there`,
      remedy: "Keep only that one: `openssl x509 -in server.crt` prints the first one in a file."
    });
  }
  if (!isIntact(x509)) {
    throw toCertificateError(source, { problem: DAMAGE.damaged });
  }
  return {
    pem: x509.toString(),
    fingerprint: x509.fingerprint256.replaceAll(":", "").toLowerCase(),
    // Undefined for a certificate without a subject, which Node's types omit.
    subject: (x509.subject ?? "").replaceAll("\n", ", "),
    notBefore: new Date(x509.validFrom),
    expiresAt: new Date(x509.validTo),
    x509
  };
}
function parseCertificateChain(value, input) {
  const source = { input, file: "client.crt", keyInput: "mtls-private-key" };
  return parseCertificates(value, source).map((x509) => x509.toString()).join("");
}
function checkCertificate(certificate, {
  privateKey,
  certificateWarningDays: warningDays
}, { now, log }) {
  if (privateKey !== void 0) requireMatch(certificate, privateKey);
  const warning = checkValidity(certificate, { now: now(), warningDays });
  if (warning !== void 0) log.warning(warning);
}
function requireMatch(certificate, privateKey) {
  if (certificate.x509.checkPrivateKey(privateKey)) return;
  throw new ActionError("CERTIFICATE_MISMATCH", "`certificate` and `private-key` do not belong together.", {
    remedy: "Use both from the same run of step 3 of Sprinklr's guide: `openssl x509 -in server.crt -noout -pubkey` and `openssl pkey -in server.key -pubout` must print the same."
  });
}
function checkValidity(certificate, { now, warningDays }) {
  const { notBefore, expiresAt } = certificate;
  const remaining = expiresAt.getTime() - now.getTime();
  if (remaining < 0) {
    throw new ActionError(
      "CERTIFICATE_EXPIRED",
      `The certificate expired at ${expiresAt.toISOString()}, and this machine's clock says ${now.toISOString()}.`,
      {
        remedy: 'Create a new key and certificate, register the certificate, and store the new App ID together with the new key (docs/setup.md, "Rotate the key and certificate").'
      }
    );
  }
  if (now < notBefore) {
    return `The certificate is not valid before ${notBefore.toISOString()}, and this machine's clock says ${now.toISOString()}. Unless the certificate is meant for later, check that clock.`;
  }
  if (remaining >= warningDays * DAY_MS) return void 0;
  const days = Math.floor(remaining / DAY_MS);
  const when = days === 0 ? "in less than a day" : days === 1 ? "in one day" : `in ${days} days`;
  return `The certificate expires ${when}, at ${expiresAt.toISOString()}. Create and register a new one before then.`;
}
function parseCertificates(value, source) {
  const { text: text3 } = normalizePastedText(value);
  if (text3 === "") {
    throw new ActionError("INPUT_MISSING", `\`${source.input}\` is empty.`, {
      remedy: expectedContent(source.file),
      inputs: [source.input]
    });
  }
  const detections = [...detectCertificates(text3)];
  if (detections.some(({ kind }) => kind === "private-key")) throw toPrivateKeyError(source);
  for (const kind of ["truncated", "damaged"]) {
    if (detections.some((find) => find.kind === kind))
      throw toCertificateError(source, { problem: DAMAGE[kind] });
  }
  const certificates = detections.filter(({ kind }) => kind === "certificate");
  if (certificates.length === 0) throw toCertificateError(source, certificateProblemIn(text3, detections));
  return certificates.map(({ der }) => {
    const x509 = parseDer(der);
    if (!x509) throw toCertificateError(source, { problem: DAMAGE.damaged });
    return x509;
  });
}
function parseDer(der) {
  try {
    const x509 = new import_node_crypto.X509Certificate(der);
    const dates = [x509.validFrom, x509.validTo].map((date) => Date.parse(date));
    const usable = x509.publicKey.type === "public" && !dates.some(Number.isNaN);
    return usable && x509.raw.equals(der) ? x509 : void 0;
  } catch {
    return void 0;
  }
}
function isIntact(x509) {
  return x509.subject !== x509.issuer || x509.verify(x509.publicKey);
}
var import_node_crypto, DAY_MS;
var init_certificate = __esm({
  "src/credentials/certificate.ts"() {
    "use strict";
    import_node_crypto = require("node:crypto");
    init_errors();
    init_detect_certificates();
    init_certificate_problems();
    init_pem();
    DAY_MS = 24 * 60 * 6e4;
  }
});

// src/credentials/keygen.ts
async function generateKeyMaterial(options) {
  const { subject, days = 365, bits = 2048, now } = options;
  const attributes = toDistinguishedName(subject);
  const validity = toValidity(now, days);
  if (![2048, 3072, 4096].includes(bits)) {
    throw invalid("The key length must be 2048, 3072, or 4096 bits.", "Use 2048, as in the guide.");
  }
  const keys = await generateRsaKeys(bits);
  const request = import_forge.default.pki.createCertificationRequest();
  request.publicKey = keys.forPublic;
  request.setSubject(attributes);
  request.sign(keys.forSigning, import_forge.default.md.sha256.create());
  const certificate = createSelfSigned(keys, {
    attributes,
    validity,
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, critical: true }
    ]
  });
  return {
    privateKeyPem: keys.pem,
    certificateRequestPem: import_forge.default.pki.certificationRequestToPem(request).replaceAll("\r\n", "\n"),
    certificatePem: certificate.pem,
    privateKeyDer: keys.der,
    fingerprint: certificate.fingerprint,
    expiresAt: certificate.expiresAt
  };
}
async function generateServerCertificate(options) {
  const { hosts, days, now } = options;
  const altNames = [.../* @__PURE__ */ new Set([...LOOPBACK, ...hosts])].map(toGeneralName);
  const validity = toValidity(now, days);
  const keys = await generateRsaKeys(2048);
  const certificate = createSelfSigned(keys, {
    attributes: toDistinguishedName({ commonName: "localhost" }),
    validity,
    extensions: [
      { name: "basicConstraints", cA: false, critical: true },
      { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
      { name: "extKeyUsage", serverAuth: true },
      { name: "subjectAltName", altNames }
    ]
  });
  return { key: keys.pem, certificate: certificate.pem };
}
async function generateRsaKeys(bits) {
  const { privateKey } = await (0, import_node_util2.promisify)(import_node_crypto2.generateKeyPair)("rsa", { modulusLength: bits });
  const pkcs1 = privateKey.export({ type: "pkcs1", format: "der" }).toString("latin1");
  const forSigning = import_forge.default.pki.privateKeyFromAsn1(import_forge.default.asn1.fromDer(pkcs1));
  return {
    pem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    der: privateKey.export({ type: "pkcs8", format: "der" }),
    forSigning,
    forPublic: import_forge.default.pki.setRsaPublicKey(forSigning.n, forSigning.e)
  };
}
function createSelfSigned(keys, { attributes, validity, extensions }) {
  const certificate = import_forge.default.pki.createCertificate();
  certificate.publicKey = keys.forPublic;
  certificate.serialNumber = randomSerialNumber();
  certificate.validity = validity;
  certificate.setSubject(attributes);
  certificate.setIssuer(attributes);
  certificate.setExtensions(extensions);
  certificate.sign(keys.forSigning, import_forge.default.md.sha256.create());
  return parseCertificate(import_forge.default.pki.certificateToPem(certificate), "certificate");
}
function randomSerialNumber() {
  const octets = (0, import_node_crypto2.randomBytes)(16);
  octets.writeUInt8(octets.readUInt8(0) & 127 | 64, 0);
  return octets.toString("hex");
}
function toValidity(now, days) {
  if (!Number.isInteger(days) || days < 1 || days > 3650) {
    throw invalid("The number of days must be a whole number from 1 to 3650.", "The guide uses 365.");
  }
  const notBefore = Math.floor((now.getTime() - BACKDATING_MS) / 1e3) * 1e3;
  return { notBefore: new Date(notBefore), notAfter: new Date(notBefore + days * DAY_MS2) };
}
function toDistinguishedName(subject) {
  if (subject.commonName.trim() === "") {
    throw invalid(
      "The subject's common name is empty.",
      "Use a name to recognize it by, such as ci.example.com."
    );
  }
  return FIELDS.flatMap(({ field, oid, limit, string }) => {
    const value = (subject[field] ?? "").trim();
    if (value === "") return [];
    if (field === "country" && !/^[a-z]{2}$/i.test(value)) {
      throw invalid("The subject's country must be two letters.", "Use its ISO 3166 code, such as US.");
    }
    if (Array.from(value).length > limit) {
      throw invalid(`The subject's ${field} is longer than ${limit} characters.`, "Shorten it.");
    }
    if (/[\p{Cc}\p{Cs}]/u.test(value)) {
      throw invalid(
        `The subject's ${field} contains a character that cannot be displayed.`,
        "Type it again."
      );
    }
    if (string === IA5STRING && new RegExp("\\P{ASCII}", "u").test(value)) {
      throw invalid(
        `The subject's ${field} contains characters outside ASCII.`,
        "Use an address in plain ASCII."
      );
    }
    return {
      type: oid,
      value: field === "country" ? value.toUpperCase() : value,
      valueTagClass: string
    };
  });
}
function toGeneralName(host) {
  if ((0, import_node_net.isIP)(host) === 4) return { type: 7, ip: host };
  if ((0, import_node_net.isIP)(host) === 6 && URL.canParse(`http://[${host}]`)) {
    return { type: 7, ip: new URL(`http://[${host}]`).hostname.slice(1, -1) };
  }
  if (host.length <= 253 && /^(\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/i.test(host)) {
    return { type: 2, value: host };
  }
  throw invalid(
    "A host for the server certificate is neither a DNS name nor an IP address.",
    "Use names such as sprinklr.test or addresses such as 192.0.2.1, without scheme and port."
  );
}
function invalid(problem, remedy) {
  return new ActionError("INPUT_INVALID", problem, { remedy });
}
var import_node_crypto2, import_node_net, import_node_util2, import_x509, import_forge, BACKDATING_MS, DAY_MS2, LOOPBACK, PRINTABLESTRING, IA5STRING, UTF8, FIELDS;
var init_keygen = __esm({
  "src/credentials/keygen.ts"() {
    "use strict";
    import_node_crypto2 = require("node:crypto");
    import_node_net = require("node:net");
    import_node_util2 = require("node:util");
    import_x509 = __toESM(require_x509(), 1);
    import_forge = __toESM(require_forge(), 1);
    init_errors();
    init_certificate();
    BACKDATING_MS = 5 * 6e4;
    DAY_MS2 = 24 * 60 * 6e4;
    LOOPBACK = ["localhost", "127.0.0.1", "::1"];
    ({ PRINTABLESTRING, IA5STRING, UTF8 } = import_forge.default.asn1.Type);
    FIELDS = [
      { field: "country", oid: "2.5.4.6", limit: 2, string: PRINTABLESTRING },
      { field: "state", oid: "2.5.4.8", limit: 128, string: UTF8 },
      { field: "locality", oid: "2.5.4.7", limit: 128, string: UTF8 },
      { field: "organization", oid: "2.5.4.10", limit: 64, string: UTF8 },
      { field: "organizationalUnit", oid: "2.5.4.11", limit: 64, string: UTF8 },
      { field: "commonName", oid: "2.5.4.3", limit: 64, string: UTF8 },
      { field: "emailAddress", oid: "1.2.840.113549.1.9.1", limit: 255, string: IA5STRING }
    ];
  }
});

// src/simulator/responses.ts
function jsonResponse(status, value, headers = {}) {
  return {
    status,
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store", ...headers },
    body: JSON.stringify(value)
  };
}
function oauthError(error, description) {
  const status = error === "invalid_client" ? 401 : 400;
  return new RejectedRequest(description, jsonResponse(status, { error, error_description: description }));
}
function apiError(status, message2, reason = message2) {
  const errors = [{ id: (0, import_node_crypto3.randomUUID)(), code: status, message: message2 }];
  return new RejectedRequest(reason, jsonResponse(status, { data: [], errors }));
}
function applicationError(status, path, now) {
  return jsonResponse(status, { timestamp: now, status, error: import_node_http.STATUS_CODES[status] ?? "Error", path });
}
function gatewayError(gateway, error) {
  const { status, reason, headers = {} } = error;
  const message2 = error.message ?? import_node_http.STATUS_CODES[status] ?? "Error";
  if (gateway === "api3") {
    const detail = { errorcode: `simulator.${message2.replaceAll(" ", "")}` };
    return new RejectedRequest(
      reason,
      jsonResponse(status, { fault: { faultstring: message2, detail } }, headers)
    );
  }
  const code2 = `ERR_403_${message2.toUpperCase().replaceAll(" ", "_")}`;
  return new RejectedRequest(reason, {
    status,
    headers: {
      "Content-Type": "text/xml",
      ...status === 403 && { "X-Mashery-Error-Code": code2 },
      ...headers
    },
    body: `<h1>${message2}</h1>`
  });
}
var import_node_crypto3, import_node_http, RejectedRequest;
var init_responses = __esm({
  "src/simulator/responses.ts"() {
    "use strict";
    import_node_crypto3 = require("node:crypto");
    import_node_http = require("node:http");
    RejectedRequest = class extends Error {
      response;
      constructor(reason, response) {
        super(reason);
        this.response = response;
      }
    };
  }
});

// src/simulator/faults.ts
function applyFault(fault, { respond: respond2, errorResponse }) {
  switch (fault.kind) {
    case "none":
    case "clock":
      return whole(respond2());
    case "status": {
      const standard = errorResponse(fault.status);
      const headers = { ...standard.headers, ...fault.headers };
      return whole({ status: fault.status, headers, body: fault.body ?? standard.body });
    }
    case "retry-after": {
      const { headers, ...rest } = errorResponse(429);
      return whole({ ...rest, headers: { ...headers, "Retry-After": String(fault.after) } });
    }
    case "redirect":
      return whole({ status: 302, headers: { Location: fault.location }, body: "" });
    case "html":
      return whole({ status: 200, headers: { "Content-Type": "text/html" }, body: PROXY_PAGE });
    case "garbage":
      return whole({ ...jsonResponse(200, null), body: '{"access_token":' });
    case "body":
      return whole(jsonResponse(200, fault.json));
    case "giant":
      return giant(fault.bytes ?? 2 * 1024 * 1024);
    case "drip":
      return drip(respond2(), fault.everyMs);
    case "cut":
      return cut(respond2());
    case "reset":
      return { status: void 0, send: (response) => response.socket?.destroy() };
    case "hang":
      return { status: void 0, send: () => void 0 };
    case "not-http":
      return {
        status: void 0,
        send: (response) => response.socket?.end("220 mail.example.com ESMTP\r\n")
      };
  }
}
function whole({ status, headers, body }) {
  return { status, send: (response) => response.writeHead(status, headers).end(body) };
}
function giant(bytes) {
  const [start, end] = ['{"token_type":"Bearer","Expires_in":2591999,"access_token":"', '"}'];
  function* chunks() {
    yield start;
    for (let left = bytes - start.length - end.length; left > 0; left -= 65536) {
      yield "A".repeat(Math.min(left, 65536));
    }
    yield end;
  }
  return {
    status: 200,
    send(response) {
      import_node_stream.Readable.from(chunks()).pipe(response.writeHead(200, { "Content-Type": "application/json" }));
    }
  };
}
function drip({ status, headers, body }, everyMs) {
  return {
    status,
    send(response) {
      const bytes = Buffer.from(body);
      response.writeHead(status, { ...headers, "Content-Length": String(bytes.length) }).flushHeaders();
      let sent = 0;
      const timer = setInterval(() => {
        if (sent + 1 < bytes.length) response.write(bytes.subarray(sent, sent += 1));
        else response.end(bytes.subarray(sent));
      }, everyMs);
      response.once("close", () => {
        clearInterval(timer);
      });
    }
  };
}
function cut({ status, headers, body }) {
  return {
    status,
    send(response) {
      const bytes = Buffer.from(body);
      response.writeHead(status, { ...headers, "Content-Length": String(bytes.length + 1) });
      response.write(bytes.subarray(0, bytes.length / 2), () => response.socket?.destroySoon());
    }
  };
}
var import_node_stream, FaultQueues, PROXY_PAGE;
var init_faults = __esm({
  "src/simulator/faults.ts"() {
    "use strict";
    import_node_stream = require("node:stream");
    init_responses();
    FaultQueues = class {
      #queues = /* @__PURE__ */ new Map();
      add(endpoint, faults) {
        this.#queues.set(endpoint, [...this.#queues.get(endpoint) ?? [], ...faults]);
      }
      /** Removes and returns the fault for the next request to `endpoint`. */
      next(endpoint) {
        return this.#queues.get(endpoint)?.shift() ?? this.#queues.get("any")?.shift() ?? { kind: "none" };
      }
    };
    PROXY_PAGE = "<!doctype html><title>Sign in to the network</title><h1>Sign in</h1><p>Please accept the terms of this network.</p>";
  }
});

// src/simulator/api-gateway.ts
function findRoute(gateway, path) {
  if (path === "/") return { endpoint: "front", environment: "", appId: "" };
  const [, environment = "", rest = ""] = /^(?:\/([^/]+))?(\/(?:api|oauth)\/.+)$/.exec(path) ?? [];
  const encodedAppId = /^\/oauth\/apptoken\/([^/]+)$/.exec(rest)?.[1];
  if (encodedAppId === void 0) {
    return { endpoint: endpointsByPath[gateway][rest], environment, appId: "" };
  }
  try {
    return { endpoint: "apptoken", environment, appId: decodeURIComponent(encodedAppId) };
  } catch {
    return { endpoint: void 0, environment, appId: "" };
  }
}
function header(request, name) {
  const value = request.headers[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === "" ? void 0 : first;
}
function requireEndpoint({ gateway }, request) {
  const { endpoint, method } = request;
  if (endpoint === void 0) throw gatewayError(gateway, { status: 404, reason: "unknown path" });
  const allowed = ALLOWED_METHODS[endpoint];
  if (!allowed.includes(method)) {
    const headers = { Allow: allowed.join(", ") };
    throw gatewayError(gateway, { status: 405, reason: "method not allowed", headers });
  }
  if (method === "POST" && header(request, "content-length") === void 0) {
    throw gatewayError(gateway, { status: 411, reason: "missing Content-Length" });
  }
  return endpoint;
}
function requireApp(state, request, apiKey) {
  const app2 = state.apps.get(apiKey ?? "");
  if (app2 === void 0) {
    const reason = apiKey === void 0 ? "missing or ambiguous API key" : "unknown API key";
    throw gatewayError(state.gateway, { status: 403, message: "Developer Inactive", reason });
  }
  if (app2.environment !== request.environment) {
    const reason = "the API key belongs to another environment";
    throw gatewayError(state.gateway, { status: 421, reason });
  }
  state.rateLimiter.count(app2.apiKey, state.now());
  return app2;
}
function requireContentType({ gateway }, request, expected) {
  const type = header(request, "content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== expected) {
    throw gatewayError(gateway, { status: 415, reason: `Content-Type is not ${expected}` });
  }
}
var ALLOWED_METHODS, sharedPaths, endpointsByPath;
var init_api_gateway = __esm({
  "src/simulator/api-gateway.ts"() {
    "use strict";
    init_responses();
    ALLOWED_METHODS = {
      front: ["GET"],
      register: ["POST"],
      apptoken: ["POST"],
      token: ["POST"],
      // The form on the consent page posts back to its own address.
      authorize: ["GET", "POST"],
      me: ["GET"]
    };
    sharedPaths = { "/oauth/token": "token", "/oauth/authorize": "authorize", "/api/v2/me": "me" };
    endpointsByPath = {
      api2: { ...sharedPaths, "/api/bdi/app/register": "register" },
      api3: { ...sharedPaths, "/api/app/register": "register" }
    };
  }
});

// src/simulator/assertion.ts
function verifyAssertion(jwt, expected) {
  const [header2 = "", payload = "", signature = "", ...rest] = jwt.split(".");
  if (rest.length > 0 || ![header2, payload, signature].every((part) => /^[\w-]+$/.test(part))) {
    throw invalidGrant("the JWT is not a compact JWS");
  }
  const { alg, crit } = decodeObject(header2, "header");
  if (alg !== "RS256") throw invalidGrant("alg is not RS256");
  if (crit !== void 0) throw invalidGrant("crit lists an unsupported extension");
  checkCertificate2(expected);
  const signed = Buffer.from(`${header2}.${payload}`);
  const { publicKey } = expected.certificate;
  if (!(0, import_node_crypto4.verify)("RSA-SHA256", signed, publicKey, Buffer.from(signature, "base64url"))) {
    throw invalidGrant("the signature does not match the registered certificate");
  }
  return checkClaims(decodeObject(payload, "payload"), expected);
}
function checkCertificate2({ certificate, now }) {
  if (certificate.publicKey.asymmetricKeyType !== "rsa") throw invalidGrant("the registered key is not RSA");
  if (now < Date.parse(certificate.validFrom)) {
    throw invalidGrant("the registered certificate is not valid yet");
  }
  if (now > Date.parse(certificate.validTo)) throw invalidGrant("the registered certificate has expired");
}
function checkClaims(claims, expected) {
  const { iss, sub, aud, exp, iat, jti } = claims;
  const now = expected.now / 1e3;
  if (iss !== expected.appId) throw invalidGrant("iss is not the App ID in the path");
  if (typeof sub !== "string" || sub === "") throw invalidGrant("sub is missing");
  if (aud !== AUDIENCE) throw invalidGrant(`aud is not ${AUDIENCE}`);
  if (typeof exp !== "number") throw invalidGrant("exp is missing");
  if (exp <= now - CLOCK_TOLERANCE) throw invalidGrant("exp is in the past");
  if (exp > now + MAX_LIFETIME + CLOCK_TOLERANCE) throw invalidGrant("exp is more than 15 minutes away");
  if (typeof iat !== "number") throw invalidGrant("iat is missing");
  if (iat > now + CLOCK_TOLERANCE) throw invalidGrant("iat is in the future");
  if (typeof jti !== "string" || jti === "") throw invalidGrant("jti is missing");
  return { subject: sub, jti };
}
function decodeObject(part, name) {
  try {
    const value = JSON.parse(Buffer.from(part, "base64url").toString());
    if (typeof value === "object" && value !== null) return value;
  } catch {
  }
  throw invalidGrant(`the ${name} of the JWT is not a JSON object`);
}
function invalidGrant(description) {
  return oauthError("invalid_grant", description);
}
var import_node_crypto4, AUDIENCE, CLOCK_TOLERANCE, MAX_LIFETIME;
var init_assertion = __esm({
  "src/simulator/assertion.ts"() {
    "use strict";
    import_node_crypto4 = require("node:crypto");
    init_responses();
    AUDIENCE = "https://www.sprinklr.com/";
    CLOCK_TOLERANCE = 30;
    MAX_LIFETIME = 900;
  }
});

// src/simulator/html.ts
function safeHtml(literals, ...values) {
  return new SafeHtml(literals.map((literal, index) => literal + render(values[index] ?? "")).join(""));
}
function render(value) {
  if (value instanceof SafeHtml) return value.text;
  if (typeof value === "object") return value.map(({ text: text3 }) => text3).join("");
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}
function code(text3) {
  return safeHtml`<code>${text3}</code>`;
}
function definitionList(rows) {
  const items = rows.map(([term, description]) => safeHtml`<dt>${term}</dt><dd>${description}</dd>`);
  return safeHtml`<dl>${items}</dl>`;
}
function page(status, title, body) {
  const { text: text3 } = safeHtml`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${STYLE}</style>
<main>
<h1>${title}</h1>
${body}
</main>
</html>
`;
  const headers = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    // No form-action: Chromium would also apply it to the redirect that answers the form.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"
  };
  return { status, headers, body: text3 };
}
var SafeHtml, ENTITIES, STYLE;
var init_html = __esm({
  "src/simulator/html.ts"() {
    "use strict";
    SafeHtml = class {
      text;
      constructor(text3) {
        this.text = text3;
      }
    };
    ENTITIES = {
      "&": "&amp;",
      "<": "&lt;",
      ">": "&gt;",
      '"': "&quot;",
      "'": "&#39;"
    };
    STYLE = safeHtml`
  :root { color-scheme: light; }
  body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; background: #f6f7f9; color: #1d2530;
    font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
  h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 0 0 .5rem; }
  main:has(form) { max-width: 32rem; margin: 0 auto; }
  p { margin: .25rem 0; } section > p + dl { margin-top: .75rem; } .soft { color: #55606e; }
  section { background: #fff; border: 1px solid #dfe3e8; border-radius: 10px; padding: 1rem; margin-top: 1rem; }
  dl { display: grid; align-items: baseline; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .25rem 1rem; margin: 0; }
  dl + dl { border-top: 1px solid #edf0f3; margin-top: .75rem; padding-top: .75rem; }
  dt { color: #55606e; } dd { margin: 0; } code { font: .875em/1.5 ui-monospace, monospace; }
  ol { list-style: none; margin: 0; padding: 0; }
  li { display: grid; align-items: baseline; grid-template-columns: 3rem 4.5rem 1fr; border-top: 1px solid #edf0f3; padding: .25rem 0; }
  .good { color: #12703a; } .bad { color: #b3261e; }
  form { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1rem; }
  button { flex: 1 1 8rem; font: inherit; padding: .6rem 1rem; border: 1px solid #b9c1cb; border-radius: 8px;
    background: #fff; color: inherit; cursor: pointer; }
  button[value=allow] { background: #1857b6; border-color: #1857b6; color: #fff; }
  button:focus-visible { outline: 3px solid #8ab4f8; outline-offset: 2px; }`;
  }
});

// src/simulator/pages.ts
function consentPage(app2, { query }) {
  const hiddenFields = ["client_id", "response_type", "redirect_uri", "state"].flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [safeHtml`<input type="hidden" name="${name}" value="${value}">`];
  });
  return page(
    200,
    "Allow access?",
    safeHtml`<p class="soft">A simulated Sprinklr. No real account is involved.</p>
<section>
  <p>This app requests a token that acts as you.</p>
  ${definitionList([
      ["App", code(redact(app2.apiKey))],
      ["Environment", environmentName(app2.environment)],
      ["Redirects to", code(app2.redirectUri)]
    ])}
  <form method="post">${hiddenFields}
    <button name="decision" value="allow">Allow</button>
    <button name="decision" value="deny">Deny</button>
  </form>
</section>`
  );
}
function errorPage(status, reason) {
  const body = safeHtml`<section><p>${reason}</p></section>`;
  return new RejectedRequest(reason, page(status, "Authorization failed", body));
}
function frontPage(state) {
  const apps = [...state.apps.values()].map((app2) => {
    const live = state.liveToken(app2.apiKey);
    return definitionList([
      ["API key", code(redact(app2.apiKey))],
      ["Environment", environmentName(app2.environment)],
      [
        "Live token",
        live ? `issued ${timestamp(live.issuedAt)}, expires ${timestamp(live.expiresAt)}` : "none"
      ]
    ]);
  });
  const certificates = [...state.certificates].map(
    ([appId, { apiKey, certificate }]) => definitionList([
      ["App ID", code(appId)],
      ["API key", code(redact(apiKey))],
      ["Subject", subjectOf(certificate)],
      ["SHA-256", code(certificate.fingerprint256.replaceAll(":", "").toLowerCase())]
    ])
  );
  const requests = state.recentRequests.map(requestItem).reverse();
  const none2 = [safeHtml`<p class="soft">None yet.</p>`];
  return page(
    200,
    "Sprinklr simulator",
    safeHtml`<p class="soft">Gateway ${state.gateway}. All data is simulated.</p>
<section><h2>Apps and tokens</h2>${apps.length > 0 ? apps : none2}</section>
<section><h2>Registered certificates</h2>${certificates.length > 0 ? certificates : none2}</section>
<section><h2>Recent requests</h2>${requests.length > 0 ? safeHtml`<ol>${requests}</ol>` : none2}</section>`
  );
}
function requestItem({ status, method, path }) {
  const style = status !== void 0 && status < 400 ? "good" : "bad";
  return safeHtml`<li><span class="${style}">${status ?? "\u2013"}</span><span>${method}</span>${code(path)}</li>`;
}
function subjectOf(certificate) {
  const subject = certificate.subject;
  return subject?.replaceAll("\n", ", ") ?? "(empty)";
}
function redact(apiKey) {
  return apiKey.length > 8 ? `${apiKey.slice(0, 4)}\u2026` : "\u2026";
}
function environmentName(environment) {
  return environment === "" ? "prod (default)" : environment;
}
function timestamp(epochMs) {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
var init_pages = __esm({
  "src/simulator/pages.ts"() {
    "use strict";
    init_html();
    init_responses();
  }
});

// src/simulator/rate-limit.ts
var SECOND, HOUR, RATE_LIMIT, RateLimiter;
var init_rate_limit = __esm({
  "src/simulator/rate-limit.ts"() {
    "use strict";
    init_responses();
    SECOND = 1e3;
    HOUR = 3600 * SECOND;
    RATE_LIMIT = { perSecond: 10, perHour: 1e3 };
    RateLimiter = class {
      #calls = /* @__PURE__ */ new Map();
      #gateway;
      #perSecond;
      #perHour;
      constructor(gateway, { perSecond, perHour } = RATE_LIMIT) {
        this.#gateway = gateway;
        this.#perSecond = perSecond;
        this.#perHour = perHour;
      }
      /** Counts a call at `now` (epoch milliseconds). @throws {RejectedRequest} beyond a limit */
      count(apiKey, now) {
        const calls = (this.#calls.get(apiKey) ?? []).filter((at) => at > now - HOUR && at <= now);
        this.#calls.set(apiKey, calls);
        const recent = calls.filter((at) => at > now - SECOND);
        if (calls.length >= this.#perHour) {
          throw this.#error({ name: "Rate", limit: this.#perHour, resetAt: (calls[0] ?? now) + HOUR }, now);
        }
        if (recent.length >= this.#perSecond) {
          throw this.#error({ name: "QPS", limit: this.#perSecond, resetAt: (recent[0] ?? now) + SECOND }, now);
        }
        calls.push(now);
      }
      #error({ name, limit, resetAt }, now) {
        const retryAfter = Math.max(1, Math.ceil((resetAt - now) / SECOND));
        const headers = {
          "Retry-After": String(retryAfter),
          "X-RateLimit-Limit": String(limit),
          "X-RateLimit-Remaining": "0",
          "X-RateLimit-Reset": String(Math.ceil(resetAt / SECOND))
        };
        const reason = `over the limit of ${limit} calls per ${name === "QPS" ? "second" : "hour"}`;
        if (this.#gateway === "api2") {
          return gatewayError("api2", { status: 403, message: `Developer Over ${name}`, reason, headers });
        }
        const error = { code: "RATE_LIMIT_EXCEEDED", message: "Rate limit exceeded", details: { retryAfter } };
        return new RejectedRequest(reason, jsonResponse(429, { success: false, errors: [error] }, headers));
      }
    };
  }
});

// src/simulator/state.ts
function encodeAppId(registeredAt2) {
  return Buffer.from(`{"pId":${PARTNER_ID}, "tId":${registeredAt2}}`).toString("base64");
}
function randomToken() {
  for (; ; ) {
    const token3 = (0, import_node_crypto5.randomBytes)(77).toString("base64");
    if (token3.includes("+") && token3.includes("/")) return token3;
  }
}
var import_node_crypto5, CODE_LIFETIME_MS, PARTNER_ID, MAX_RECENT_REQUESTS, State;
var init_state = __esm({
  "src/simulator/state.ts"() {
    "use strict";
    import_node_crypto5 = require("node:crypto");
    init_rate_limit();
    CODE_LIFETIME_MS = 6e5;
    PARTNER_ID = 8e4;
    MAX_RECENT_REQUESTS = 20;
    State = class {
      gateway;
      acceptFormBody;
      /** Seconds. */
      tokenLifetime;
      rateLimiter;
      /** Seconds; a `clock` fault sets it. */
      clockOffset = 0;
      requests = [];
      /** For the front page, oldest first. */
      recentRequests = [];
      /** By App ID. */
      certificates = /* @__PURE__ */ new Map();
      /** By API key, as are the live tokens. */
      apps = /* @__PURE__ */ new Map();
      #liveTokens = /* @__PURE__ */ new Map();
      #codes = /* @__PURE__ */ new Map();
      #usedAssertions = /* @__PURE__ */ new Set();
      #keepRequests;
      #clock;
      constructor(options) {
        this.gateway = options.gateway ?? "api2";
        this.acceptFormBody = options.acceptFormBody ?? true;
        this.tokenLifetime = options.tokenLifetime ?? 2591999;
        this.rateLimiter = new RateLimiter(this.gateway, options.rateLimit);
        this.#keepRequests = options.keepRequests ?? true;
        this.#clock = options.now ?? Date.now;
        for (const app2 of options.apps ?? []) this.addApp(app2);
      }
      /** Epoch milliseconds. */
      now() {
        return this.#clock() + this.clockOffset * 1e3;
      }
      record(request) {
        if (this.#keepRequests) this.requests.push(request);
        if (request.endpoint === "front") return;
        this.recentRequests.push(request);
        if (this.recentRequests.length > MAX_RECENT_REQUESTS) this.recentRequests.shift();
      }
      addApp(app2) {
        const environment = app2.environment === "prod" ? "" : app2.environment;
        this.apps.set(app2.apiKey, { ...app2, environment });
      }
      /** Stores a certificate and returns its App ID. Throws what `X509Certificate` throws. */
      register(pem, apiKey) {
        const certificate = new import_node_crypto5.X509Certificate(pem);
        let registeredAt2 = Math.trunc(this.now());
        while (this.certificates.has(encodeAppId(registeredAt2))) registeredAt2 += 1;
        const appId = encodeAppId(registeredAt2);
        this.certificates.set(appId, { apiKey, certificate });
        return appId;
      }
      /**
       * Issues the one live token of the API key. It invalidates the previous one, whoever holds that
       * (docs/development/sprinklr-api.md, "Exchange the JWT").
       */
      issueToken(apiKey, username2) {
        const issuedAt = this.now();
        const token3 = randomToken();
        const expiresAt = issuedAt + this.tokenLifetime * 1e3;
        this.#liveTokens.set(apiKey, { token: token3, issuedAt, expiresAt, username: username2 });
        return token3;
      }
      liveToken(apiKey) {
        const live = this.#liveTokens.get(apiKey);
        return live !== void 0 && this.now() < live.expiresAt ? live : void 0;
      }
      /** Issues an authorization code, valid for 10 minutes. */
      issueCode(apiKey) {
        const code2 = (0, import_node_crypto5.randomBytes)(12).toString("hex");
        this.#codes.set(code2, { apiKey, expiresAt: this.now() + CODE_LIFETIME_MS });
        return code2;
      }
      /** Redeems a code. False if the code belongs to another API key, has expired, or was redeemed before. */
      redeemCode(code2, apiKey) {
        const issued = this.#codes.get(code2);
        this.#codes.delete(code2);
        return issued?.apiKey === apiKey && this.now() < issued.expiresAt;
      }
      /** Marks an assertion as used, by its `jti`. False if it was used before. */
      useAssertion(jti) {
        if (this.#usedAssertions.has(jti)) return false;
        this.#usedAssertions.add(jti);
        return true;
      }
    };
  }
});

// src/simulator/oauth.ts
function apptoken(state, request) {
  const app2 = requireApp(state, request, header(request, "key"));
  requireContentType(state, request, FORM);
  const parameters = new Parameters(request, { acceptBody: state.acceptFormBody });
  requireClient(parameters, app2);
  const registered = state.certificates.get(request.appId);
  if (registered?.apiKey !== app2.apiKey) {
    throw new RejectedRequest("unknown App ID", applicationError(404, request.path, state.now()));
  }
  const { certificate } = registered;
  const expected = { appId: request.appId, certificate, now: state.now() };
  const { subject, jti } = verifyAssertion(parameters.require("refresh_token"), expected);
  if (!state.useAssertion(jti)) throw oauthError("invalid_grant", "the JWT was used before");
  const body = {
    access_token: state.issueToken(app2.apiKey, subject),
    token_type: "Bearer",
    Expires_in: state.tokenLifetime
  };
  return jsonResponse(200, body, TOKEN_HEADERS);
}
function token(state, request) {
  const parameters = new Parameters(request, { acceptBody: true });
  const app2 = requireApp(state, request, parameters.get("client_id"));
  requireContentType(state, request, FORM);
  requireClient(parameters, app2);
  if (!state.redeemCode(parameters.require("code"), app2.apiKey)) {
    throw oauthError("invalid_grant", "the code is unknown, expired or used");
  }
  const body = {
    access_token: state.issueToken(app2.apiKey),
    refresh_token: randomToken(),
    token_type: "Bearer",
    expires_in: state.tokenLifetime
  };
  return jsonResponse(200, body, TOKEN_HEADERS);
}
function authorize(state, request) {
  const isDecision = request.method === "POST";
  const parameters = isDecision ? new URLSearchParams(request.body) : request.query;
  const app2 = state.apps.get(parameters.get("client_id") ?? "");
  if (app2 === void 0) throw errorPage(400, "No app has this client_id.");
  if (app2.environment !== request.environment) {
    throw errorPage(421, "This client_id belongs to another environment.");
  }
  if (parameters.get("redirect_uri") !== app2.redirectUri) {
    throw errorPage(400, "The redirect_uri does not exactly match the one registered for the app.");
  }
  const redirectWith = (name, value) => {
    const location = new URL(app2.redirectUri);
    location.searchParams.append(name, value);
    const clientState = parameters.get("state");
    if (clientState !== null) location.searchParams.append("state", clientState);
    return { status: 302, headers: { Location: location.href, "Cache-Control": "no-store" }, body: "" };
  };
  if (parameters.get("response_type") !== "code") return redirectWith("error", "unsupported_response_type");
  if (!isDecision) return consentPage(app2, request);
  return parameters.get("decision") === "allow" ? redirectWith("code", state.issueCode(app2.apiKey)) : redirectWith("error", "access_denied");
}
function requireClient(parameters, app2) {
  if (parameters.require("client_id") !== app2.apiKey) {
    throw oauthError("invalid_client", "client_id does not match the API key");
  }
  if (parameters.require("client_secret") !== app2.apiSecret) {
    throw oauthError("invalid_client", "the client secret is wrong");
  }
  if (parameters.require("redirect_uri") !== app2.redirectUri) {
    throw oauthError("invalid_grant", "redirect_uri is not the one of the app");
  }
  if (parameters.require("grant_type") !== "authorization_code") {
    throw oauthError("unsupported_grant_type", "grant_type is not authorization_code");
  }
}
var FORM, TOKEN_HEADERS, Parameters;
var init_oauth = __esm({
  "src/simulator/oauth.ts"() {
    "use strict";
    init_api_gateway();
    init_assertion();
    init_pages();
    init_responses();
    init_state();
    FORM = "application/x-www-form-urlencoded";
    TOKEN_HEADERS = { "SPR-TOKEN-VERSION": "V2" };
    Parameters = class {
      #values;
      /** @throws {RejectedRequest} if both have parameters, or one is repeated (RFC 6749 §3.2) */
      constructor(request, { acceptBody }) {
        const body = new URLSearchParams(acceptBody ? request.body : "");
        if (request.query.size > 0 && body.size > 0) {
          throw oauthError("invalid_request", "parameters are in both the query and the body");
        }
        this.#values = body.size > 0 ? body : request.query;
        if (new Set(this.#values.keys()).size < this.#values.size) {
          throw oauthError("invalid_request", "a parameter is repeated");
        }
      }
      get(name) {
        return this.#values.get(name) ?? void 0;
      }
      /** @throws {RejectedRequest} `invalid_request` if the parameter is missing or empty */
      require(name) {
        const value = this.#values.get(name);
        if (value === null || value === "") throw oauthError("invalid_request", `${name} is missing`);
        return value;
      }
    };
  }
});

// src/simulator/rest-api.ts
function register(state, request) {
  const apiKeys = new Set(["x-api-key", "key"].flatMap((name) => header(request, name) ?? []));
  const app2 = requireApp(state, request, apiKeys.size === 1 ? [...apiKeys][0] : void 0);
  if (request.body.includes("PRIVATE KEY")) throw apiError(400, "Never send a private key");
  requireContentType(state, request, "application/json");
  requireLiveToken(state, request, app2);
  if (!/^-----BEGIN CERTIFICATE-----\r?\n[\w+/=\s]+-----END CERTIFICATE-----\s*$/.test(request.body)) {
    throw apiError(400, "The body is not exactly one PEM certificate");
  }
  const response = jsonResponse(200, { data: storeCertificate(state, request, app2), Errors: [] });
  return { ...response, body: response.body.replaceAll("=", "\\u003d") };
}
function storeCertificate(state, request, app2) {
  try {
    return state.register(request.body, app2.apiKey);
  } catch {
    throw apiError(400, "The certificate cannot be read");
  }
}
function me(state, request) {
  const app2 = requireApp(state, request, header(request, "key"));
  const { username: username2 = "person@example.com" } = requireLiveToken(state, request, app2);
  const data = {
    id: 66014640,
    name: "Simulated User",
    email: username2,
    type: "PARTNER_ADMIN",
    customerId: 66e6,
    workspaceId: app2.workspaceId ?? 66000002,
    properties: {}
  };
  return jsonResponse(200, { data, errors: [] });
}
function requireLiveToken(state, request, app2) {
  const bearer = /^Bearer (\S+)$/i.exec(header(request, "authorization") ?? "")?.[1];
  const live = state.liveToken(app2.apiKey);
  if (bearer === void 0) throw apiError(401, "Invalid or expired token", "missing bearer token");
  if (bearer !== live?.token) {
    throw apiError(401, "Invalid or expired token", "not the live token of the API key");
  }
  return live;
}
var init_rest_api = __esm({
  "src/simulator/rest-api.ts"() {
    "use strict";
    init_api_gateway();
    init_responses();
  }
});

// src/simulator/server.ts
async function startServer(listener, { host = "127.0.0.1", port = 0, tls }) {
  const server = tls === void 0 ? (0, import_node_http2.createServer)(listener) : (0, import_node_https.createServer)(tls, listener);
  const sockets = /* @__PURE__ */ new Set();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, host);
  await (0, import_node_events.once)(server, "listening");
  const scheme = tls === void 0 ? "http" : "https";
  const hostname = host.includes(":") ? `[${host}]` : host;
  return {
    origin: `${scheme}://${hostname}:${server.address().port}`,
    async close() {
      if (!server.listening) return;
      const closed = (0, import_node_events.once)(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    }
  };
}
function createListener(state, { faults, log }) {
  return (incoming, response) => {
    const startedAt = performance.now();
    const request = toRecordedRequest(state, incoming);
    state.record(request);
    readBody(incoming, (body) => {
      request.body = body;
      const fault = nextFault(faults, request);
      if (fault.kind === "clock") state.clockOffset = fault.seconds;
      const notes = fault.kind === "none" ? [] : [`fault: ${fault.kind}`];
      const delivery = applyFault(fault, {
        respond: () => respond(state, request, (reason) => notes.push(reason)),
        errorResponse: (status) => applicationError(status, request.path, state.now())
      });
      request.status = delivery.status;
      const milliseconds = Math.round(performance.now() - startedAt);
      const line2 = `${request.method} ${request.path} ${delivery.status ?? "-"} ${milliseconds} ms`;
      log(notes.length > 0 ? `${line2} (${notes.join("; ")})` : line2);
      response.setHeader("Date", new Date(state.now()).toUTCString());
      delivery.send(response);
    });
  };
}
function toRecordedRequest(state, { method = "", url = "", headers }) {
  const [path = "", ...query] = url.split("?");
  return {
    method,
    path,
    query: new URLSearchParams(query.join("?")),
    headers,
    body: "",
    ...findRoute(state.gateway, path),
    status: void 0,
    at: state.now()
  };
}
function readBody(incoming, onBody) {
  const chunks = [];
  incoming.on("data", (chunk) => chunks.push(chunk));
  incoming.on("end", () => {
    onBody(Buffer.concat(chunks).toString());
  });
  incoming.on("error", () => void 0);
}
function nextFault(faults, { endpoint }) {
  return endpoint === void 0 || endpoint === "front" ? { kind: "none" } : faults.next(endpoint);
}
function respond(state, request, onRejected) {
  try {
    return handlers[requireEndpoint(state, request)](state, request);
  } catch (error) {
    if (error instanceof RejectedRequest) {
      onRejected(error.message);
      return error.response;
    }
    onRejected("internal error of the simulator");
    return applicationError(500, request.path, state.now());
  }
}
var import_node_events, import_node_http2, import_node_https, handlers;
var init_server = __esm({
  "src/simulator/server.ts"() {
    "use strict";
    import_node_events = require("node:events");
    import_node_http2 = require("node:http");
    import_node_https = require("node:https");
    init_api_gateway();
    init_faults();
    init_oauth();
    init_pages();
    init_responses();
    init_rest_api();
    handlers = { front: frontPage, register, apptoken, token, authorize, me };
  }
});

// src/simulator/fault-grammar.ts
function parseFaults(text3) {
  const [, name = "", script = ""] = /^([^=]*)=(.*)$/s.exec(text3) ?? [];
  const endpoint = ENDPOINTS.find((known) => known === name.trim());
  if (endpoint === void 0) {
    throw new Error(`"${text3}" must begin with one of ${ENDPOINTS.join("=, ")}=, as in apptoken=503x2.`);
  }
  return { endpoint, faults: splitFaults(script).flatMap(parseRepeatedFault) };
}
function splitFaults(script) {
  const json = script.search(/(?<=^|,)\s*body:/);
  if (json < 0) return script.split(/(?<!:[A-Z][a-z]{2}),/);
  return [...json > 0 ? splitFaults(script.slice(0, json - 1)) : [], script.slice(json)];
}
function parseRepeatedFault(untrimmed) {
  const text3 = untrimmed.trim();
  const [, kind = "", argument = ""] = /^(redirect|body):(.*)$/s.exec(text3) ?? [];
  if (kind === "redirect" && argument !== "") return [{ kind, location: argument }];
  if (kind === "body") return [{ kind, json: parseJson(argument) }];
  const [, fault = text3, times = "1"] = /^(.+?) ?x(\d+)$/.exec(text3) ?? [];
  return Array.from({ length: parseInteger(text3, times, [1, 1e3]) }, () => parseFault(fault));
}
function parseFault(text3) {
  const [, name = "", argument] = /^(.*?)(?::(.*))?$/s.exec(text3) ?? [];
  const kind = KINDS_WITHOUT_ARGUMENT.find((known) => known === name);
  if (kind !== void 0 && argument === void 0) return { kind };
  if (/^\d+$/.test(text3)) return { kind: "status", status: parseInteger(text3, text3, [200, 599]) };
  switch (name) {
    case "status":
      return { kind: "status", status: parseInteger(text3, argument, [200, 599]) };
    case "giant":
      return argument === void 0 ? { kind: "giant" } : { kind: "giant", bytes: parseInteger(text3, argument, [1, 2 ** 40]) };
    case "drip":
      return { kind: "drip", everyMs: parseInteger(text3, argument, [1, 36e5]) };
    case "clock":
      return { kind: "clock", seconds: parseInteger(text3, argument, [-(2 ** 31), 2 ** 31]) };
    case "retry-after":
      return { kind: "retry-after", after: parseSecondsOrDate(text3, argument) };
    default:
      throw new Error(`"${text3}" is not a fault. Use one of these:
${FAULT_GRAMMAR}`);
  }
}
function parseSecondsOrDate(text3, argument = "") {
  if (/^[A-Z][a-z]{2}, .* GMT$/.test(argument) && !Number.isNaN(Date.parse(argument))) return argument;
  return parseInteger(text3, argument, [0, 2 ** 31]);
}
function parseInteger(text3, argument, [min, max]) {
  const value = /^[+-]?\d+$/.test(argument ?? "") ? Number(argument) : NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`"${text3}" needs a whole number from ${min} to ${max}.`);
}
function parseJson(text3) {
  try {
    return JSON.parse(text3);
  } catch {
    throw new Error(`"body:" must be followed by JSON. "${text3}" is not JSON.`);
  }
}
var FAULT_GRAMMAR, ENDPOINTS, KINDS_WITHOUT_ARGUMENT;
var init_fault_grammar = __esm({
  "src/simulator/fault-grammar.ts"() {
    "use strict";
    FAULT_GRAMMAR = `<endpoint>=<fault>[,<fault>...]   one fault per request, in order; later requests succeed

endpoints: register, apptoken, token, authorize, me, any
faults:
  none                    no fault for one request
  503 or status:503       respond with this status
  retry-after:2           429 with Retry-After in seconds, or an HTTP date
  redirect:<url>          302 to this URL
  reset                   close the connection without a response
  hang                    never respond
  drip:100                the real response, one byte every 100 ms
  cut                     half of the real response, then close the connection
  giant or giant:<bytes>  an oversized body (default: 2 MiB)
  html, garbage, not-http a proxy's page, malformed JSON, bytes that are not HTTP
  body:<json>             200 with this JSON (takes the rest of the text)
  clock:-120              from now on, the clock is 120 s slow
  <fault>x3               the same fault three times (not for redirect and body)

examples: apptoken=503x2   me=none,status:401   any=hang`;
    ENDPOINTS = ["register", "apptoken", "token", "authorize", "me", "any"];
    KINDS_WITHOUT_ARGUMENT = ["none", "reset", "hang", "cut", "html", "garbage", "not-http"];
  }
});

// src/simulator/simulator.ts
async function startSimulator(options = {}) {
  const state = new State(options);
  const faults = new FaultQueues();
  const listener = createListener(state, { faults, log: options.log ?? (() => void 0) });
  const { origin, close } = await startServer(listener, options);
  const requireKnown = (apiKey) => {
    if (!state.apps.has(apiKey)) throw new Error("The simulator has no app with this API key.");
    return apiKey;
  };
  return {
    origin,
    requests: state.requests,
    addApp: (app2) => {
      state.addApp(app2);
    },
    register: (certificatePem, apiKey) => state.register(certificatePem, requireKnown(apiKey)),
    issueCode: (apiKey) => state.issueCode(requireKnown(apiKey)),
    issueAccessToken: (apiKey) => state.issueToken(requireKnown(apiKey)),
    liveToken: (apiKey) => state.liveToken(apiKey)?.token,
    fault: (endpoint, ...queued) => {
      faults.add(endpoint, queued);
    },
    close
  };
}
var init_simulator = __esm({
  "src/simulator/simulator.ts"() {
    "use strict";
    init_faults();
    init_server();
    init_state();
    init_fault_grammar();
    init_rate_limit();
  }
});

// src/cli/demo/runner.ts
async function runStep(inputs) {
  const folder = (0, import_node_fs2.mkdtempSync)((0, import_node_path2.join)((0, import_node_os.tmpdir)(), "sprinklr-token-"));
  const files = Object.fromEntries(
    ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY"].map((name) => {
      const path = (0, import_node_path2.join)(folder, name);
      (0, import_node_fs2.writeFileSync)(path, "", { mode: 384 });
      return [name, path];
    })
  );
  try {
    const action = (0, import_node_path2.join)(programFolder(), "index.js");
    const env = { ...process.env, ...files };
    for (const [name, value] of Object.entries(inputs)) env[`INPUT_${name.toUpperCase()}`] = value;
    const { exitCode, received } = await collect(action, env);
    const outputs = parseOutputs((0, import_node_fs2.readFileSync)((0, import_node_path2.join)(folder, "GITHUB_OUTPUT"), "utf8"));
    return { exitCode, outputs, log: render2(received) };
  } finally {
    (0, import_node_fs2.rmSync)(folder, { recursive: true, force: true });
  }
}
async function collect(program, env) {
  const child = (0, import_node_child_process.spawn)(process.execPath, [program], { env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  child.stderr.on("data", (chunk) => chunks.push(chunk));
  const exitCode = await new Promise((resolve2, reject) => {
    child.on("error", reject);
    child.on("close", (code2) => {
      resolve2(code2 ?? 1);
    });
  });
  return { exitCode, received: Buffer.concat(chunks).toString() };
}
function parseOutputs(text3) {
  const outputs = {};
  for (const [, name = "", , value = ""] of text3.matchAll(/^(.+?)<<(.+?)\r?\n([^]*?)\r?\n\2\r?$/gm))
    outputs[name] = value;
  return outputs;
}
function render2(received) {
  const masks = [];
  const lines = [];
  const show = (line2) => {
    if (line2 === "") return;
    const longestFirst = [...masks].sort((a, b) => b.length - a.length);
    lines.push(longestFirst.reduce((shown, mask) => shown.replaceAll(mask, "***"), line2));
  };
  for (const line2 of received.split(/\r?\n/)) {
    const [, command, message2 = ""] = /^::([a-z-]+)[^:]*::(.*)$/.exec(line2) ?? [];
    const text3 = message2.replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%25", "%");
    if (command === "add-mask") masks.push(text3);
    else if (command === void 0) show(line2);
    else if (command !== "debug") show(`${command.charAt(0).toUpperCase()}${command.slice(1)}: ${text3}`);
  }
  return lines;
}
var import_node_child_process, import_node_fs2, import_node_os, import_node_path2;
var init_runner = __esm({
  "src/cli/demo/runner.ts"() {
    "use strict";
    import_node_child_process = require("node:child_process");
    import_node_fs2 = require("node:fs");
    import_node_os = require("node:os");
    import_node_path2 = require("node:path");
    init_program();
  }
});

// src/cli/demo.ts
var demo_exports = {};
__export(demo_exports, {
  demo: () => demo
});
async function playGuide(sprinklr) {
  print(paint("bold", "sprinklr-token: the whole way, on a local Sprinklr"), "");
  print(
    `A simulated Sprinklr listens at ${sprinklr.origin}, environment ${app.environment}. Nothing leaves this machine.`
  );
  heading("Once: make a key and certificate (step 3), register the certificate (steps 2 and 5)");
  const material = await generateKeyMaterial({ subject: { commonName: "ci.example.com" }, now: /* @__PURE__ */ new Date() });
  print(`RSA key and self-signed certificate, SHA-256 ${material.fingerprint}`);
  const shared = { "base-url": sprinklr.origin, environment: app.environment, "api-key": app.apiKey };
  const code2 = sprinklr.issueCode(app.apiKey);
  const registration = await runStep({
    ...shared,
    mode: "register",
    certificate: material.certificatePem,
    "authorization-code": code2,
    "api-secret": app.apiSecret,
    "redirect-uri": app.redirectUri
  });
  showLog("uses: org/sprinklr-token@v1 with mode: register", registration);
  const appId = registration.outputs["app-id"] ?? "";
  heading("In every job: a fresh JWT (step 4) becomes a masked access token");
  const privateKey = material.privateKeyDer.toString("base64");
  const inputs = {
    ...shared,
    "private-key": privateKey,
    "app-id": appId,
    username,
    "api-secret": app.apiSecret,
    "redirect-uri": app.redirectUri
  };
  const minted = await runStep(inputs);
  showLog("uses: org/sprinklr-token@v1", minted);
  const token3 = minted.outputs["access-token"] ?? "";
  heading("The job's next step calls the API with it");
  const apiUrl = minted.outputs["api-url"] ?? "";
  const answer2 = await callApi(`${apiUrl}/api/v2/me`, token3);
  print(`GET ${apiUrl}/api/v2/me: ${answer2}`);
  const tokenIsLive = token3 !== "" && sprinklr.liveToken(app.apiKey) === token3;
  heading(
    "And when something is wrong: the final slash is missing in redirect-uri, or there is one too many"
  );
  const refused2 = await runStep({ ...inputs, "redirect-uri": `${app.redirectUri}/`, "max-attempts": "1" });
  showLog("uses: org/sprinklr-token@v1", refused2);
  const answered = (endpoint, status = 200) => sprinklr.requests.some((request) => request.endpoint === endpoint && request.status === status);
  const runs = [registration, minted, refused2];
  const masked = [privateKey, app.apiKey, app.apiSecret, code2, token3].every(
    (secret) => runs.every(({ log }) => !log.join("\n").includes(secret))
  );
  return [
    { step: "Step 1  The API key works in its environment", happened: answered("apptoken") },
    {
      step: "Step 2  A one-time code of the browser consent became an OAuth token",
      happened: answered("token")
    },
    {
      step: "Step 3  RSA key and X.509 certificate, the key as PKCS#8 DER",
      happened: privateKey.startsWith("MII")
    },
    { step: "Step 4  A JWT signed with the key, for this one exchange", happened: answered("apptoken") },
    {
      step: "Step 5  The certificate registered, its App ID returned",
      happened: answered("register") && appId !== ""
    },
    {
      step: "Then    The JWT exchanged for the one live token of the API key",
      happened: minted.exitCode === 0 && tokenIsLive
    },
    { step: "Then    The API knows whose token it is", happened: answered("me") && answer2.startsWith("200") },
    {
      step: "Then    A wrong callback URL refused, and named",
      happened: refused2.outputs["error-code"] === "CREDENTIALS_REJECTED"
    },
    { step: "Always  No secret in any log", happened: masked }
  ];
}
async function callApi(url, token3) {
  try {
    const response = await fetch(url, { headers: { Authorization: `Bearer ${token3}`, Key: app.apiKey } });
    return `${response.status} ${await response.text()}`;
  } catch {
    return "no answer";
  }
}
function heading(text3) {
  print("", paint("bold", text3));
}
function showLog(title, { log, exitCode, outputs }) {
  print(paint("cyan", `\u25B8 ${title}`));
  for (const line2 of log) print(`  ${line2.startsWith("Error:") ? paint("red", line2) : line2}`);
  const shown = Object.entries(outputs).map(
    ([name, value]) => `${name}=${name === "access-token" ? "***" : value}`
  );
  print(paint("dim", `  outputs: ${shown.join(" ")}`), paint("dim", `  exit code ${exitCode}`));
}
var app, username, demo;
var init_demo = __esm({
  "src/cli/demo.ts"() {
    "use strict";
    init_keygen();
    init_simulator();
    init_runner();
    init_terminal();
    app = {
      apiKey: "demo7apikey3k5n9x2w8q4r6t",
      apiSecret: "demo-secret-H8fQ2mZp7LxT4vRb9NcW",
      redirectUri: "https://www.example.com/callback",
      environment: "prod2"
    };
    username = "ci-bot@example.com";
    demo = {
      help: `Usage: sprinklr-token demo

Makes a key and a certificate, starts a simulated Sprinklr on this machine, registers the certificate, runs the
action as a GitHub runner does, and calls the API with the token. Nothing leaves this machine.

Example: sprinklr-token demo`,
      options: {},
      async run() {
        const begun = performance.now();
        const sprinklr = await startSimulator({ apps: [app] });
        try {
          const witnessed = await playGuide(sprinklr);
          print("", paint("bold", "What happened, by the steps of the guide"));
          for (const { step, happened } of witnessed) {
            print(`  ${happened ? paint("green", "\u2713") : paint("red", "\u2717")} ${step}`);
          }
          const failed = witnessed.filter(({ happened }) => !happened).length;
          const seconds = ((performance.now() - begun) / 1e3).toFixed(1);
          print("", failed === 0 ? `All of it happened, in ${seconds} s.` : `${failed} of these did not happen.`);
          return failed === 0 ? 0 : 1;
        } finally {
          await sprinklr.close();
        }
      }
    };
  }
});

// src/cli/gh.ts
async function requireGh(host) {
  const where = host === void 0 ? [] : ["--hostname", host];
  const { exitCode, errors } = await run(["auth", "status", ...where]);
  if (exitCode === 0) return;
  throw new DeskError(
    `GitHub's command line, gh, is not logged in${said(errors)}`,
    `Run "${["gh", "auth", "login", ...where].join(" ")}", then this again.`
  );
}
async function gh(args2, { input = "" } = {}) {
  const { exitCode, output, errors } = await run(args2, input);
  if (exitCode === 0) return output;
  throw new DeskError(
    `"gh ${args2.slice(0, 2).join(" ")}" failed${said(errors)}`,
    "Correct that, then run it again."
  );
}
async function run(args2, input = "") {
  return await uninterrupted(async (interruption) => {
    const child = (0, import_node_child_process2.spawn)("gh", args2, {
      stdio: "pipe",
      env: { ...process.env, GH_PROMPT_DISABLED: "1", GH_NO_UPDATE_NOTIFIER: "1" }
    });
    interruption.addEventListener("abort", () => child.kill());
    const closed = new Promise((resolve2, reject) => {
      child.on("error", reject).on("close", resolve2);
    });
    child.stdin.on("error", () => void 0);
    child.stdin.end(input);
    const [exitCode, output, errors] = await Promise.all([
      closed.catch((error) => {
        throw cannotRun(error);
      }),
      (0, import_consumers.text)(child.stdout),
      (0, import_consumers.text)(child.stderr)
    ]);
    if (exitCode !== 0) await (0, import_promises2.setTimeout)(50);
    if (interruption.aborted)
      throw new DeskError("Interrupted while gh was at work.", "To try again, run it again.");
    return { exitCode, output, errors };
  });
}
function cannotRun({ code: code2 }) {
  return new DeskError(
    `GitHub's command line, gh, ${code2 === "ENOENT" ? "is not installed" : "could not be started"}.`,
    'Install it from https://cli.github.com, run "gh auth login", then this again.'
  );
}
function said(errors) {
  const line2 = (0, import_node_util3.stripVTControlCharacters)(errors).split(/[\r\n]+/).map((text3) => text3.replace(/[\p{Cc}\p{Cf}]/gu, "").trim()).find((text3) => text3 !== "");
  return line2 === void 0 ? "." : `: ${line2.slice(0, 300)}`;
}
var import_node_child_process2, import_consumers, import_promises2, import_node_util3;
var init_gh = __esm({
  "src/cli/gh.ts"() {
    "use strict";
    import_node_child_process2 = require("node:child_process");
    import_consumers = require("node:stream/consumers");
    import_promises2 = require("node:timers/promises");
    import_node_util3 = require("node:util");
    init_command();
    init_terminal();
  }
});

// src/cli/keygen/github-store.ts
function nameOf({ repository, environment }) {
  return environment === void 0 ? repository : `${repository}, environment ${environment}`;
}
function flagsOf({ repository, environment }) {
  return ["--repo", repository, ...environment === void 0 ? [] : ["--env", environment]];
}
async function requireStore(store, { replace }) {
  await requireGh(store.host);
  for (const [kind, name] of [
    ["secret", SECRET],
    ["variable", VARIABLE]
  ]) {
    const list = await gh([kind, "list", ...flagsOf(store)]);
    if (replace || !list.split("\n").some((line2) => line2.split(/\s/)[0] === name)) continue;
    throw new DeskError(
      `${nameOf(store)} has a ${kind} ${name} already.`,
      "Jobs that use it would fail until the new certificate is registered. Put the new pair beside it, in another environment (--env NAME), or add --force to replace it."
    );
  }
}
async function storeKey(der, store) {
  await gh(["secret", "set", SECRET, ...flagsOf(store)], { input: der.toString("base64") });
}
async function storeCertificate2(pem, store) {
  await gh(["variable", "set", VARIABLE, ...flagsOf(store)], { input: pem });
}
var SECRET, VARIABLE;
var init_github_store = __esm({
  "src/cli/keygen/github-store.ts"() {
    "use strict";
    init_command();
    init_gh();
    SECRET = "SPRINKLR_PRIVATE_KEY";
    VARIABLE = "SPRINKLR_CERTIFICATE";
  }
});

// src/cli/keygen/advice.ts
function filesMade(folder) {
  return [
    `  folder       ${folder}`,
    "  server.key   the private key",
    "  server.der   the same key in the form that goes, as base64, into the secret",
    "  server.csr   the certificate request; it is spent",
    "  server.crt   the certificate; public, and to be registered"
  ];
}
function howToStore(folder, store) {
  const flags = store === void 0 ? ["--repo", "OWNER/REPO"] : flagsOf(store);
  const der = (0, import_node_path3.join)(folder, "server.der");
  const certificate = (0, import_node_path3.join)(folder, "server.crt");
  const bash = flags.map(forBash).join(" ");
  const powershell = flags.map(forPowerShell).join(" ");
  return [
    "Store the key and the certificate with GitHub's gh. In bash:",
    `  base64 < ${forBash(der)} | gh secret set ${SECRET} ${bash}`,
    `  gh variable set ${VARIABLE} ${bash} < ${forBash(certificate)}`,
    "In PowerShell:",
    `  [Convert]::ToBase64String([IO.File]::ReadAllBytes(${forPowerShell(der)})) | gh secret set ${SECRET} ${powershell}`,
    `  Get-Content -Raw -LiteralPath ${forPowerShell(certificate)} | gh variable set ${VARIABLE} ${powershell}`
  ];
}
function howToDelete(folder) {
  const keys = ["server.key", "server.der"].map((name) => (0, import_node_path3.join)(folder, name));
  return [
    "Delete the key files once the key is stored: whoever has one can get tokens. GitHub does not give a secret back;",
    "if you want a copy, put server.key into a password manager first.",
    `  bash:        rm ${keys.map(forBash).join(" ")}`,
    `  PowerShell:  Remove-Item -LiteralPath ${keys.map(forPowerShell).join(", ")}`
  ];
}
function forBash(word) {
  const path = import_node_path3.sep === "\\" ? word.replaceAll(import_node_path3.sep, "/") : word;
  return isPlain(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
function forPowerShell(word) {
  return /^(--)?[\w]+(\/\w+)*$/.test(word) ? word : `'${word.replace(/['‘’‚‛]/g, "$&$&")}'`;
}
function isPlain(word) {
  return /^[\w./:@-]+$/.test(word);
}
var import_node_path3;
var init_advice = __esm({
  "src/cli/keygen/advice.ts"() {
    "use strict";
    import_node_path3 = require("node:path");
    init_github_store();
  }
});

// src/cli/keygen/file-set.ts
function requireRoom(folder, names, options) {
  const parent = (0, import_node_path4.dirname)(folder);
  const found = lookUp(folder);
  if (found === void 0 && lookUp(parent)?.isDirectory() !== true) {
    throw new DeskError(`${parent} is not a folder, so ${folder} cannot be made in it.`, "Make it first.");
  }
  if (found !== void 0 && !found.isDirectory())
    throw new DeskError(`${folder} is not a folder.`, "Give another one.");
  try {
    (0, import_node_fs3.accessSync)(found === void 0 ? parent : folder, import_node_fs3.constants.W_OK);
  } catch (error) {
    throw new DeskError(
      `${found === void 0 ? parent : folder} cannot be written to: ${why(error)}.`,
      "Give another folder."
    );
  }
  const taken = names.filter((name) => lookUp((0, import_node_path4.join)(folder, name), { link: true }) !== void 0);
  if (taken.length > 0 && !options.replace) {
    throw new DeskError(
      `${folder} holds ${taken.join(", ")} already.`,
      "Give another folder, or add --force to replace what is there."
    );
  }
  const folders = taken.filter((name) => lookUp((0, import_node_path4.join)(folder, name), { link: true })?.isDirectory() === true);
  if (folders.length > 0) {
    throw new DeskError(
      `${folders.join(", ")} in ${folder} is a folder, which is not replaced.`,
      "Remove it, or give another folder."
    );
  }
}
async function writeSet(folder, files, options) {
  const names = files.map(({ name }) => name);
  await uninterrupted(async (interruption) => {
    const unfinished = (0, import_node_path4.join)(folder, UNFINISHED);
    const undo = [];
    const step = async (act, takeBack2) => {
      if (interruption.aborted) throw new Error("interrupted");
      await act();
      if (takeBack2 !== void 0) undo.unshift(takeBack2);
    };
    try {
      if (lookUp(folder) === void 0) {
        await step(
          () => (0, import_promises3.mkdir)(folder, { mode: 448 }),
          () => (0, import_promises3.rmdir)(folder)
        );
      }
      await step(
        () => claim(unfinished),
        () => (0, import_promises3.rm)(unfinished, { recursive: true })
      );
      requireRoom(folder, names, options);
      await step(() => writeDurably((0, import_node_path4.join)(unfinished, ".gitignore"), "*\n", 384));
      for (const { name, content, secret } of files)
        await step(() => writeDurably((0, import_node_path4.join)(unfinished, name), content, secret ? 384 : 420));
      for (const name of names) {
        const place = (0, import_node_path4.join)(folder, name);
        if (lookUp(place, { link: true }) !== void 0) {
          const aside = (0, import_node_path4.join)(unfinished, `${name}.old`);
          await step(
            () => (0, import_promises3.rename)(place, aside),
            () => (0, import_promises3.rename)(aside, place)
          );
        }
        await step(
          () => (0, import_promises3.rename)((0, import_node_path4.join)(unfinished, name), place),
          () => (0, import_promises3.rm)(place)
        );
      }
      await step(() => syncFolder(folder));
    } catch (error) {
      await takeBack(undo, unfinished);
      if (error instanceof DeskError) throw error;
      throw new DeskError(
        interruption.aborted ? "Interrupted." : `The files could not be written to ${folder}: ${why(error)}.`,
        "Nothing there was changed."
      );
    }
    await (0, import_promises3.rm)(unfinished, { recursive: true }).catch((error) => {
      throw new DeskError(
        `The new files in ${folder} are complete, but ${unfinished} could not be removed: ${why(error)}.`,
        "Remove it yourself: it holds the files that were replaced."
      );
    });
  });
}
async function takeBack(undo, unfinished) {
  try {
    for (const act of undo) await act();
  } catch (error) {
    throw new DeskError(
      `The files could not all be written, nor everything be put back: ${why(error)}.`,
      `What is missing lies in ${unfinished}; files from before end in ".old" there.`
    );
  }
}
async function claim(unfinished) {
  try {
    await (0, import_promises3.mkdir)(unfinished, { mode: 448 });
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    throw new DeskError(
      `${unfinished} exists: another run is writing there, or one was cut off.`,
      'If none is running, take from it what you need (files from before end in ".old"), and remove it.'
    );
  }
}
async function writeDurably(path, content, mode) {
  const file = await (0, import_promises3.open)(path, "wx", mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
}
async function syncFolder(folder) {
  const handle = await (0, import_promises3.open)(folder, "r").catch(() => void 0);
  await handle?.sync().catch(() => void 0);
  await handle?.close();
}
function lookUp(path, { link = false } = {}) {
  return (link ? import_node_fs3.lstatSync : import_node_fs3.statSync)(path, { throwIfNoEntry: false });
}
function why(error) {
  const { errno = 0, message: message2 } = error;
  return (0, import_node_util4.getSystemErrorMap)().get(errno)?.[1] ?? message2;
}
var import_node_fs3, import_promises3, import_node_path4, import_node_util4, UNFINISHED;
var init_file_set = __esm({
  "src/cli/keygen/file-set.ts"() {
    "use strict";
    import_node_fs3 = require("node:fs");
    import_promises3 = require("node:fs/promises");
    import_node_path4 = require("node:path");
    import_node_util4 = require("node:util");
    init_command();
    init_terminal();
    UNFINISHED = ".sprinklr-token-unfinished";
  }
});

// src/cli/keygen/work-tree.ts
function requireIgnored(folder, names) {
  const place = realFolder(folder);
  const tree = workTreeOf(place);
  if (tree === void 0) return;
  const exposed = names.filter((name) => !isIgnored(tree, (0, import_node_path5.join)(place, name)));
  if (exposed.length === 0) return;
  throw new DeskError(
    `${folder} is in the git work tree ${tree}, and git does not ignore ${exposed.join(" and ")} there: a key that is committed is a leaked key.`,
    `Give a folder outside of it with --folder, or keep no files at all with --secrets-to OWNER/REPO --no-files, or ignore ${exposed.length === 1 ? "it" : "them"} in .gitignore. --force does not change this.`
  );
}
function realFolder(folder) {
  return (0, import_node_fs4.existsSync)(folder) ? (0, import_node_fs4.realpathSync)(folder) : (0, import_node_path5.join)((0, import_node_fs4.realpathSync)((0, import_node_path5.dirname)(folder)), (0, import_node_path5.basename)(folder));
}
function workTreeOf(folder) {
  if ((0, import_node_fs4.existsSync)((0, import_node_path5.join)(folder, ".git"))) return folder;
  const parent = (0, import_node_path5.dirname)(folder);
  return parent === folder ? void 0 : workTreeOf(parent);
}
function isIgnored(tree, path) {
  const env = { ...process.env, GIT_DIR: void 0, GIT_WORK_TREE: void 0, GIT_INDEX_FILE: void 0 };
  const args2 = ["-C", tree, "check-ignore", "--quiet", "--", path];
  return (0, import_node_child_process3.spawnSync)("git", args2, { env, stdio: "ignore" }).status === 0;
}
var import_node_child_process3, import_node_fs4, import_node_path5;
var init_work_tree = __esm({
  "src/cli/keygen/work-tree.ts"() {
    "use strict";
    import_node_child_process3 = require("node:child_process");
    import_node_fs4 = require("node:fs");
    import_node_path5 = require("node:path");
    init_command();
  }
});

// src/cli/keygen.ts
var keygen_exports = {};
__export(keygen_exports, {
  keygen: () => keygen
});
function readFlags(flags) {
  const store = readStore(flags);
  const noFiles = flags["no-files"] === true;
  if (noFiles && store === void 0) {
    throw usageError(
      "--no-files alone would throw the key away.",
      "Say with --secrets-to OWNER/REPO where the key goes."
    );
  }
  if (noFiles && textOf(flags, "folder") !== "")
    throw usageError("--no-files and --folder contradict each other.", "Leave one of them away.");
  if (textOf(flags, "common-name") === "" && !isInteractive()) {
    throw usageError(
      "--common-name is missing, and there is no terminal to ask on.",
      "Give the certificate a name to know it by, such as --common-name sprinklr-ci."
    );
  }
  return {
    days: integerOf(flags, "days", { least: 1, most: 3650, default: 365 }),
    bits: Number(choiceOf(flags, "bits", ["2048", "3072", "4096"])),
    folder: noFiles ? void 0 : (0, import_node_path6.resolve)(textOf(flags, "folder")),
    force: flags["force"] === true,
    store
  };
}
function readStore(flags) {
  const repository = textOf(flags, "secrets-to");
  const environment = textOf(flags, "env");
  if (flags["secrets-to"] === void 0) {
    if (flags["env"] === void 0) return void 0;
    throw usageError("--env is for use with --secrets-to.", "Add --secrets-to OWNER/REPO.");
  }
  const parts = REPOSITORY.exec(repository);
  if (parts === null) {
    throw usageError(
      "--secrets-to is not a repository.",
      "Give it as OWNER/REPO, without https:// before it."
    );
  }
  if (flags["env"] !== void 0 && environment === "")
    throw usageError("--env is empty.", "Give the name of an environment of the repository.");
  return { repository, host: parts.groups?.["host"], environment: environment || void 0 };
}
function readSubject(flags) {
  return {
    commonName: textOf(flags, "common-name"),
    organization: textOf(flags, "organization"),
    organizationalUnit: textOf(flags, "organizational-unit"),
    country: textOf(flags, "country"),
    state: textOf(flags, "state"),
    locality: textOf(flags, "locality"),
    emailAddress: textOf(flags, "email")
  };
}
async function askSubject(given) {
  if (given.commonName !== "") return given;
  let commonName = "";
  while (commonName === "")
    commonName = await ask("Common name, to know the certificate by (sprinklr-ci, say): ");
  let organization = given.organization ?? "";
  if (organization === "") organization = await ask("Organization (Enter for none): ");
  let country = given.country ?? "";
  if (country === "") {
    do
      country = await ask("Country, two letters (Enter for none): ");
    while (!/^([a-z]{2})?$/i.test(country));
  }
  return { ...given, commonName, organization, country };
}
async function make(wanted) {
  try {
    return await during(
      `Making a key of ${wanted.bits} bits`,
      generateKeyMaterial({ ...wanted, now: /* @__PURE__ */ new Date() })
    );
  } catch (error) {
    if (error instanceof ActionError && error.code === "INPUT_INVALID")
      throw usageError(error.message, error.remedy);
    throw error;
  }
}
function filesOf(material) {
  return [
    { name: "server.csr", content: material.certificateRequestPem, secret: false },
    { name: "server.crt", content: material.certificatePem, secret: false },
    { name: "server.key", content: material.privateKeyPem, secret: true },
    { name: "server.der", content: material.privateKeyDer, secret: true }
  ];
}
async function keep(material, store, folder) {
  const place = nameOf(store);
  const byHand = folder === void 0 ? void 0 : ["The files above are complete. Store them yourself.", ...howToStore(folder, store)].join("\n");
  try {
    await during(`Storing the key in ${place}`, storeKey(material.privateKeyDer, store));
  } catch (error) {
    throw new DeskError(
      `${SECRET} could not be stored in ${place}. ${error.message}`,
      byHand ?? "Nothing was kept, and no files were written. Run it again for a new key."
    );
  }
  try {
    await during(`Storing the certificate in ${place}`, storeCertificate2(material.certificatePem, store));
  } catch (error) {
    if (folder === void 0) print(material.certificatePem.trimEnd());
    throw new DeskError(
      `${SECRET} is stored in ${place}, but ${VARIABLE} could not be. ${error.message}`,
      byHand ?? "Save the certificate, which is on standard output, and store it yourself."
    );
  }
}
var import_node_path6, KEY_FILES, ALL_FILES, REPOSITORY, keygen;
var init_keygen2 = __esm({
  "src/cli/keygen.ts"() {
    "use strict";
    import_node_path6 = require("node:path");
    init_keygen();
    init_errors();
    init_command();
    init_advice();
    init_file_set();
    init_github_store();
    init_terminal();
    init_work_tree();
    KEY_FILES = ["server.key", "server.der"];
    ALL_FILES = [...KEY_FILES, "server.csr", "server.crt"];
    REPOSITORY = /^((?<host>[a-z0-9][a-z0-9.-]*(:\d+)?)\/)?[a-z0-9][\w-]*\/[\w.-]+$/i;
    keygen = {
      help: `Usage: sprinklr-token keygen [flags]

Makes what step 3 of Sprinklr's guide makes, without openssl: a private key (server.key, and server.der for the
secret), a certificate request (server.csr) and a self-signed certificate (server.crt).

  --common-name TEXT          whose certificate it is; asked for on a terminal
  --organization TEXT
  --organizational-unit TEXT
  --country XX                two letters
  --state TEXT
  --locality TEXT
  --email ADDRESS
  --days N                    how long the certificate is valid; 1 to 3650, default 365
  --bits N                    length of the key: 2048 (default), 3072 or 4096

  --folder DIR                where the files go; default the current folder, made if its parent is there.
                              Not in a git work tree, unless git ignores the key files there
  --force                     replace what is there already: files, and with --secrets-to what GitHub holds

  --secrets-to OWNER/REPO     store the key as the secret ${SECRET} and the certificate as the
                              variable ${VARIABLE}, by GitHub's gh
  --env NAME                  in this environment of the repository
  --no-files                  with --secrets-to: keep no files; the certificate is printed

Examples: sprinklr-token keygen --common-name sprinklr-ci --folder ../sprinklr-key
          sprinklr-token keygen --common-name sprinklr-ci --secrets-to OWNER/REPO --no-files > server.crt`,
      options: {
        "common-name": { type: "string" },
        organization: { type: "string" },
        "organizational-unit": { type: "string" },
        country: { type: "string" },
        state: { type: "string" },
        locality: { type: "string" },
        email: { type: "string" },
        days: { type: "string" },
        bits: { type: "string" },
        folder: { type: "string" },
        force: { type: "boolean" },
        "secrets-to": { type: "string" },
        env: { type: "string" },
        "no-files": { type: "boolean" }
      },
      async run(flags) {
        const { days, bits, folder, force, store } = readFlags(flags);
        if (folder !== void 0) {
          requireRoom(folder, ALL_FILES, { replace: force });
          requireIgnored(folder, KEY_FILES);
        }
        if (store !== void 0) await requireStore(store, { replace: force });
        const subject = await askSubject(readSubject(flags));
        const material = await make({ subject, days, bits });
        if (folder !== void 0) await writeSet(folder, filesOf(material), { replace: force });
        const tell = folder === void 0 ? printError : print;
        tell(
          paint(
            "bold",
            `Made an RSA key of ${bits} bits and a self-signed certificate for ${subject.commonName}.`
          ),
          `  fingerprint  ${material.fingerprint} (SHA-256)`,
          `  expires      ${material.expiresAt.toISOString()}`,
          ...folder === void 0 ? [] : filesMade(folder),
          ""
        );
        if (store !== void 0) {
          await keep(material, store, folder);
          tell(`Stored in ${nameOf(store)}: the secret ${SECRET} and the variable ${VARIABLE}.`);
        }
        if (folder === void 0) {
          tell("No copy of the key was kept, and GitHub does not give it back.");
          print(material.certificatePem.trimEnd());
        } else {
          if (store === void 0) tell(...howToStore(folder));
          tell("", ...howToDelete(folder));
        }
        tell(
          "",
          "What comes next:",
          "  1. Get the one-time code that registering needs: sprinklr-token authorize",
          '  2. Register the certificate, in a step with "mode: register". That gives the App ID.'
        );
        return 0;
      }
    };
  }
});

// src/cli/authorize/browser.ts
function openerFor(address, { platform, env }) {
  if (env["CI"] && env["CI"] !== "false") return void 0;
  if (platform === "darwin") return ["open", address];
  if (platform === "win32") {
    const program = `${env["SystemRoot"] ?? "C:\\Windows"}\\System32\\rundll32.exe`;
    return [program, "url.dll,FileProtocolHandler", address];
  }
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? ["xdg-open", address] : void 0;
}
async function openBrowser(address) {
  const [program, ...args2] = openerFor(address, process) ?? [];
  if (program === void 0) return false;
  const child = (0, import_node_child_process4.spawn)(program, args2, { stdio: "ignore", detached: true });
  child.unref();
  return await new Promise((resolve2) => {
    child.once("spawn", () => {
      resolve2(true);
    });
    child.once("error", () => {
      resolve2(false);
    });
  });
}
var import_node_child_process4;
var init_browser = __esm({
  "src/cli/authorize/browser.ts"() {
    "use strict";
    import_node_child_process4 = require("node:child_process");
  }
});

// src/sprinklr/authorization-code.ts
function parseAuthorizationCode(pasted) {
  const text3 = pasted.replace(/^["'`]|["'`]$/g, "").replace(/^.*[?&]code=(?=https?:\/\/)/s, "");
  if (!/(^|[?&])(code|error)=/.test(text3)) {
    return requireCode(decode(/^\/|:\/\/|[\s?&]/.test(text3) ? "" : text3));
  }
  const query = new URLSearchParams(
    text3.slice(text3.indexOf("?") + 1).replace(/#.*$/, "").replaceAll("+", "%2B")
  );
  const error = query.get("error");
  if (error !== null) {
    throw new ActionError(
      "INPUT_INVALID",
      `\`authorization-code\` is the URL of a consent that ${error === "access_denied" ? "was denied" : "failed"}.`,
      {
        remedy: "Open the consent page again, allow the app, and copy the URL that the browser is redirected to.",
        inputs: ["authorization-code"]
      }
    );
  }
  return requireCode(query.get("code") ?? "");
}
function decode(text3) {
  try {
    return decodeURIComponent(text3);
  } catch {
    return text3;
  }
}
function requireCode(code2) {
  if (/^[\x21-\x7e]+$/.test(code2)) return code2;
  throw new ActionError("INPUT_INVALID", "`authorization-code` contains no code.", {
    remedy: "Copy the value of code= from the URL that the browser was redirected to after the consent, or that full URL.",
    inputs: ["authorization-code"]
  });
}
var init_authorization_code = __esm({
  "src/sprinklr/authorization-code.ts"() {
    "use strict";
    init_errors();
  }
});

// src/cli/authorize/consent-answer.ts
function readConsentAnswer(pasted, state) {
  const text3 = pasted.trim().replace(/^(["'])(.*)\1$/, "$2");
  if (/(^|[?&])(code|error)=/.test(text3)) {
    const query = new URLSearchParams(text3.slice(text3.indexOf("?") + 1).replace(/#.*$/s, ""));
    if (query.getAll("state").some((returned) => returned !== state)) {
      throw new DeskError(
        "This answer belongs to another consent: its state is not the one that was sent.",
        "Run this again, and use only the address that the browser lands on after it. If you did that, somebody tried to hand you a code of theirs."
      );
    }
    const error = query.get("error");
    if (error !== null) throw refusalOf(error, query.get("error_description") ?? "");
  }
  try {
    return parseAuthorizationCode(text3);
  } catch (error) {
    if (error instanceof ActionError) return void 0;
    throw error;
  }
}
function refusalOf(error, description) {
  const [problem, remedy] = (Object.hasOwn(REFUSALS, error) ? REFUSALS[error] : void 0) ?? [
    `Sprinklr refused the consent: ${cleaned(error) || "(it did not say why)"}.`,
    "Look that up in Sprinklr's documentation, then run this again."
  ];
  const said2 = cleaned(description);
  return new DeskError(said2 === "" ? problem : `${problem} It said: "${said2}".`, remedy);
}
function cleaned(text3) {
  const line2 = text3.slice(0, 1e4).replace(/[\p{C}\p{Z}]+/gu, " ").trim();
  return line2.length > LONGEST_QUOTE ? `${line2.slice(0, LONGEST_QUOTE)}\u2026` : line2;
}
var LONGEST_QUOTE, again, REFUSALS;
var init_consent_answer = __esm({
  "src/cli/authorize/consent-answer.ts"() {
    "use strict";
    init_errors();
    init_authorization_code();
    init_command();
    LONGEST_QUOTE = 200;
    again = "Run this again in a few minutes.";
    REFUSALS = {
      access_denied: [
        "The consent was denied.",
        "Run this again and allow the app. If nobody denied it, ask a Sprinklr admin to give you the platform permission Generate Token."
      ],
      invalid_request: [
        "Sprinklr could not make sense of the consent address.",
        "Check the API key and --redirect-uri: the app's callback URL, to the letter, with or without its final slash."
      ],
      invalid_scope: [
        "Sprinklr refused the scope, though none was asked for.",
        "Check the app's permissions on the page where the app was made."
      ],
      server_error: ["Sprinklr failed on its side.", again],
      temporarily_unavailable: ["Sprinklr is busy or being maintained.", again],
      unauthorized_client: [
        "Sprinklr does not let this app ask for a code.",
        "Check that the API key is the one of the right app and environment, and that the app is active."
      ],
      unsupported_response_type: [
        "Sprinklr gives out no codes at this address.",
        "Check --gateway, --environment and --base-url."
      ]
    };
  }
});

// src/cli/files.ts
async function readText(path, what) {
  const text3 = path === "-" ? await (0, import_consumers2.text)(process.stdin) : readFile(path, what).toString("utf8");
  if (text3.trim() !== "") return text3;
  throw new DeskError(
    `${path === "-" ? "Standard input" : path} is empty, where ${what} should be.`,
    "Check the path, or what is piped in."
  );
}
function readFile(path, what) {
  try {
    return (0, import_node_fs5.readFileSync)(path);
  } catch (error) {
    const { code: code2 } = error;
    const why2 = code2 === "ENOENT" ? "does not exist" : code2 === "EISDIR" ? "is a folder" : "cannot be read";
    throw new DeskError(`${path}, which should be ${what}, ${why2}.`, "Check the path and its permissions.");
  }
}
var import_node_fs5, import_consumers2;
var init_files = __esm({
  "src/cli/files.ts"() {
    "use strict";
    import_node_fs5 = require("node:fs");
    import_consumers2 = require("node:stream/consumers");
    init_command();
  }
});

// src/sprinklr/gateway.ts
function createGateway(options) {
  const origin = options.baseUrl?.origin ?? `https://${options.gateway}.sprinklr.com`;
  const apiUrl = options.environment === "" ? origin : `${origin}/${options.environment}`;
  return {
    apiUrl,
    registrationEndpoint: new URL(
      `${apiUrl}${options.gateway === "api2" ? "/api/bdi/app/register" : "/api/app/register"}`
    ),
    tokenEndpoint: new URL(`${apiUrl}/oauth/token`),
    authorizationEndpoint: new URL(`${apiUrl}/oauth/authorize`),
    identityEndpoint: new URL(`${apiUrl}/api/v2/me`),
    // An App ID ends in `=`, and could contain `+` or `/`.
    exchangeEndpoint: (appId) => new URL(`${apiUrl}/oauth/apptoken/${encodeURIComponent(appId)}`)
  };
}
function parseEnvironment(text3) {
  const name = text3.trim().replace(/^\{+\s*|\s*\}+$/g, "").toLowerCase();
  if (name === "prod") return "";
  if (!/^([a-z][a-z0-9-]*)?$/.test(name) || name === "env") {
    throw new ActionError("INPUT_INVALID", "`environment` is not the name of a Sprinklr environment.", {
      remedy: 'Use a name such as prod2 or prod4, or leave it empty for the default production environment. To find yours, search the page source of the Sprinklr UI for "sentry-environment".',
      inputs: ["environment"]
    });
  }
  return name;
}
function isLoopback(hostname) {
  return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(hostname);
}
function parseBaseUrl(text3) {
  const invalid4 = (problem) => new ActionError("INPUT_INVALID", `\`base-url\` ${problem}.`, {
    remedy: "Use an origin such as https://api2.sprinklr.com, without a path or query. Plain http works only for localhost, 127.0.0.1, or [::1].",
    inputs: ["base-url"]
  });
  const url = URL.canParse(text3) ? new URL(text3) : void 0;
  if (url === void 0) throw invalid4("is not a URL");
  if (url.username !== "" || url.password !== "") throw invalid4("contains a user name or password");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") throw invalid4("is more than an origin");
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    throw invalid4("would send secrets over plain http");
  if (url.protocol !== "https:" && url.protocol !== "http:") throw invalid4("is neither https nor http");
  return url;
}
var GATEWAYS;
var init_gateway = __esm({
  "src/sprinklr/gateway.ts"() {
    "use strict";
    init_errors();
    GATEWAYS = ["api2", "api3"];
  }
});

// src/cli/gateway-flags.ts
function gatewayOf(flags) {
  const baseUrl = textOf(flags, "base-url");
  return createGateway({
    gateway: choiceOf(flags, "gateway", GATEWAYS),
    environment: environmentOf(flags),
    ...baseUrl !== "" && { baseUrl: asFlag(parseBaseUrl, baseUrl) }
  });
}
function environmentOf(flags) {
  return asFlag(parseEnvironment, textOf(flags, "environment"));
}
function asFlag(parse, text3) {
  try {
    return parse(text3);
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    throw usageError(error.message.replace(/^The input /, "--"), error.remedy);
  }
}
var GATEWAY_FLAGS;
var init_gateway_flags = __esm({
  "src/cli/gateway-flags.ts"() {
    "use strict";
    init_errors();
    init_gateway();
    init_command();
    GATEWAY_FLAGS = {
      environment: { type: "string" },
      gateway: { type: "string" },
      "base-url": { type: "string" }
    };
  }
});

// src/cli/authorize/hand-on.ts
function workflowOf(flags) {
  const wordOf = (flag2, form, example) => {
    const text3 = textOf(flags, flag2);
    if (text3 === "" || form.test(text3)) return text3;
    throw usageError(`--${flag2} has another form than ${example}.`, `Correct --${flag2}.`);
  };
  const name = wordOf("workflow", /^\w[\w.-]*$/, "register.yml") || "register.yml";
  const repo = wordOf("repo", /^(\w[\w.-]*(:\d+)?\/)?\w[\w.-]*\/[\w.-]+$/, "OWNER/NAME");
  const ref = wordOf("ref", /^\w[\w./+-]*$/, "main");
  return {
    name,
    where: [...repo === "" ? [] : ["--repo", repo], ...ref === "" ? [] : ["--ref", ref]],
    host: repo.split("/").length === 3 ? repo.split("/")[0] : void 0
  };
}
async function handOn({ code: code2, workflow, dispatch, until }) {
  print(paint("green", `The code is here. It works once, ${lifetime(until)}.`));
  const run2 = ["workflow", "run", workflow.name, ...workflow.where];
  if (dispatch || isInteractive() && await confirm(`Start ${workflow.name} with it, by gh?`)) {
    try {
      if (!dispatch) await requireGh(workflow.host);
      await gh([...run2, "--json"], { input: JSON.stringify({ code: asWord(code2) }) });
      print(`${workflow.name} is started. To watch it: gh run watch${watching(workflow)}`);
      return;
    } catch (error) {
      print(paint("yellow", `The code is not spent, and works ${lifetime(until)}.`));
      printCommand(code2, run2);
      throw error;
    }
  }
  printCommand(code2, run2);
}
function printCommand(code2, run2) {
  print(
    "Hand it on with this. It stays in the history of your shell, where it is worth nothing once it is used or too old:",
    "",
    `gh ${run2.join(" ")} -f code=${asWord(code2)}`,
    ""
  );
}
function watching({ where }) {
  const repo = where.indexOf("--repo");
  return repo < 0 ? "" : ` --repo ${where[repo + 1] ?? ""}`;
}
function asWord(code2) {
  if (/^(?!code=|error=)[\w.~+=-]+$/.test(code2)) return code2;
  const encoded = encodeURIComponent(code2).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`
  );
  return `code=${encoded}`;
}
function lifetime(until) {
  const seconds = Math.max(0, Math.round((until.getTime() - Date.now()) / 1e3));
  const clock = [until.getHours(), until.getMinutes(), until.getSeconds()];
  return `until ${clock.map((part) => String(part).padStart(2, "0")).join(":")}, ${duration(seconds)} from now`;
}
function duration(seconds) {
  const minutes = Math.floor(seconds / 60);
  return minutes === 0 ? `${seconds} s` : `${minutes} min ${seconds % 60} s`;
}
var CODE_SECONDS;
var init_hand_on = __esm({
  "src/cli/authorize/hand-on.ts"() {
    "use strict";
    init_command();
    init_gh();
    init_terminal();
    CODE_SECONDS = 600;
  }
});

// src/cli/authorize/landing.ts
function canLandHere({ protocol, hostname }) {
  return protocol === "http:" && isLoopback(hostname);
}
async function listenForLanding(redirectUri, read) {
  const addresses = addressesOf(redirectUri);
  const servers = addresses.map((address) => ({ address, server: (0, import_node_http3.createServer)() }));
  const code2 = new Promise((resolve2, reject) => {
    for (const { server } of servers) {
      server.on("request", (request, response) => {
        const verdict = isLanding(request, redirectUri) ? judge(request.url ?? "", read) : void 0;
        if (verdict === void 0) {
          response.writeHead(404, HEADERS).end();
          return;
        }
        response.once("close", () => {
          if (verdict.refusal === void 0) resolve2(verdict.code);
          else reject(verdict.refusal);
        });
        response.writeHead(200, HEADERS).end(page2(verdict.refusal === void 0));
      });
    }
  });
  code2.catch(() => void 0);
  const close = () => {
    for (const { server } of servers) {
      server.close();
      server.closeAllConnections();
    }
  };
  for (const { address, server } of servers) {
    try {
      server.listen(Number(redirectUri.port || "80"), address);
      await (0, import_node_events2.once)(server, "listening");
    } catch (error) {
      const { code: trouble = "" } = error;
      if (addresses.length > 1 && address === "::1" && trouble !== "EADDRINUSE") continue;
      close();
      throw error;
    }
  }
  return { code: code2, close };
}
function addressesOf({ hostname }) {
  return hostname === "localhost" ? ["127.0.0.1", "::1"] : [hostname.replace(/^\[|\]$/g, "")];
}
function isLanding({ method, url = "", headers }, redirectUri) {
  return method === "GET" && headers.host === redirectUri.host && url.split("?", 1)[0] === redirectUri.pathname;
}
function judge(address, read) {
  try {
    const code2 = read(address);
    return code2 === void 0 ? void 0 : { code: code2 };
  } catch (error) {
    return { refusal: error };
  }
}
function page2(arrived) {
  const [title, sentence] = arrived ? ["The code has arrived", "You can close this window."] : ["No code came", "You can close this window. The terminal says what is wrong."];
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}</h1>
<p>${sentence}</p>
</html>
`;
}
var import_node_events2, import_node_http3, HEADERS;
var init_landing = __esm({
  "src/cli/authorize/landing.ts"() {
    "use strict";
    import_node_events2 = require("node:events");
    import_node_http3 = require("node:http");
    init_gateway();
    HEADERS = {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": "default-src 'none'",
      "Cache-Control": "no-store",
      "Referrer-Policy": "no-referrer",
      Connection: "close"
    };
  }
});

// src/cli/authorize.ts
var authorize_exports = {};
__export(authorize_exports, {
  authorize: () => authorize2
});
function consentAddress(consent, { apiKey, redirectUri, state }) {
  const parameters = { client_id: apiKey, response_type: "code", redirect_uri: redirectUri, state };
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${consent.href}?${query.join("&")}`;
}
function redirectUriOf(flags) {
  const text3 = textOf(flags, "redirect-uri");
  const remedy = "Give the app's callback URL, to the letter: --redirect-uri=https://www.example.com/callback";
  if (text3 === "") throw usageError("--redirect-uri is missing.", remedy);
  if (!URL.canParse(text3) || /[\p{C}\p{Z}]/u.test(text3))
    throw usageError("--redirect-uri is not an address.", remedy);
  if (text3.includes("#")) throw usageError("--redirect-uri has a # in it, which OAuth forbids.", remedy);
  return text3;
}
async function apiKeyOf(flags) {
  const file = textOf(flags, "api-key-file");
  if (file === "-") {
    throw usageError(
      "--api-key-file has to be a file: standard input is for the address that the browser landed on.",
      "Give a file, or set the variable SPRINKLR_API_KEY."
    );
  }
  const given = file === "" ? process.env["SPRINKLR_API_KEY"] ?? "" : await readText(file, "the API key");
  const apiKey = given.trim() === "" && isInteractive() ? await ask("API key: ") : given.trim();
  if (apiKey === "") {
    throw usageError(
      "The API key is missing.",
      "Set the variable SPRINKLR_API_KEY, or give --api-key-file=FILE."
    );
  }
  if (/^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  throw new DeskError(
    "The API key is not one word of printable ASCII characters.",
    "Check for a stray space, or for the app's other values beside it."
  );
}
async function landingAt(redirectUri, read) {
  if (!canLandHere(redirectUri)) return void 0;
  try {
    return await listenForLanding(redirectUri, read);
  } catch (error) {
    const { code: code2 = "" } = error;
    const why2 = TROUBLES[code2] ?? `it cannot be listened at (${code2})`;
    print(
      paint("yellow", `${redirectUri.origin} is no use: ${why2}. So the answer is not caught here.`),
      "The browser will land on an error page, or on what another program shows.",
      ""
    );
    return void 0;
  }
}
async function withinSeconds(seconds, work) {
  const over = new AbortController();
  let timer;
  const timeout = new Promise((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new DeskError(
          `No answer came within ${duration(seconds)}.`,
          "Run this again; it makes a new address. If the browser showed an error of Sprinklr, check the API key, --redirect-uri and --environment."
        )
      );
    }, seconds * 1e3);
  });
  try {
    return await Promise.race([work(over.signal), timeout]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
async function answer({ landing, read, redirectUri, seconds, over }) {
  if (landing === void 0) {
    print(
      "Then copy the address that the browser lands on. An error page there is all right, only the address counts:",
      `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}code=\u2026`,
      ""
    );
    return await (isInteractive() ? askedAddress("Address: ", read, over) : pipedAddress(read, over));
  }
  print(`Waiting for the browser at ${redirectUri}, for ${duration(seconds)} at most.`);
  if (!isInteractive()) return await landing.code;
  const pasted = askedAddress("Or paste the address that it landed on: ", read, over);
  const caught = landing.code.finally(() => {
    print("");
  });
  return await Promise.race([caught, pasted]);
}
async function askedAddress(question, read, over) {
  for (; ; ) {
    const text3 = await ask(question, over);
    const code2 = read(text3);
    if (code2 !== void 0) return code2;
    if (text3 !== "")
      print('That holds no code. The address that is meant has "code=" in it, or it is the code alone.');
  }
}
async function pipedAddress(read, over) {
  const lines = (0, import_node_readline.createInterface)({ input: process.stdin });
  over.addEventListener("abort", () => {
    lines.close();
  });
  for await (const line2 of lines) {
    if (line2.trim() === "") continue;
    const code2 = read(line2);
    if (code2 !== void 0) return code2;
    throw new DeskError(
      "The address on standard input holds no code.",
      'Give the address that the browser landed on after the consent: it has "code=" in it.'
    );
  }
  throw new DeskError(
    "Standard input ended before the address came.",
    "Run this in a terminal, or pipe in the address that the browser landed on."
  );
}
var import_node_crypto6, import_node_readline, authorize2, TROUBLES;
var init_authorize = __esm({
  "src/cli/authorize.ts"() {
    "use strict";
    import_node_crypto6 = require("node:crypto");
    import_node_readline = require("node:readline");
    init_browser();
    init_command();
    init_consent_answer();
    init_files();
    init_gateway_flags();
    init_gh();
    init_hand_on();
    init_landing();
    init_terminal();
    authorize2 = {
      help: `Usage: sprinklr-token authorize --redirect-uri URL [flags]

Makes the consent address, opens it in a browser, and takes the answer: it catches it where the app's callback URL is on
this machine (http://localhost:PORT/\u2026), and else asks for the address that the browser landed on. Then it starts the
workflow that registers the certificate, or prints the command for it. A code works once and for ten minutes.

  --redirect-uri URL    the app's callback URL, to the letter
  --environment NAME    like prod2; default the default production environment
  --gateway NAME        api2 (default) or api3
  --base-url URL        an origin instead of the gateway's, such as a simulator
  --api-key-file FILE   holds the API key; else the variable SPRINKLR_API_KEY, else you are asked.
                        It becomes a part of the address, as OAuth has it
  --no-browser          only print the address
  --timeout-seconds N   how long to wait for the answer, default ${CODE_SECONDS}
  --dispatch            start the workflow without asking; needs GitHub's gh
  --workflow NAME       default register.yml; its input has to be named code
  --repo OWNER/NAME     default the repository of this folder
  --ref NAME            the branch whose workflow is meant; default the default branch

Without a terminal, the address that the browser landed on is read from standard input.

Example: sprinklr-token authorize --environment prod2 --redirect-uri https://www.example.com/callback --dispatch`,
      options: {
        ...GATEWAY_FLAGS,
        "redirect-uri": { type: "string" },
        "api-key-file": { type: "string" },
        "no-browser": { type: "boolean" },
        "timeout-seconds": { type: "string" },
        dispatch: { type: "boolean" },
        workflow: { type: "string" },
        repo: { type: "string" },
        ref: { type: "string" }
      },
      async run(flags) {
        const redirectUri = redirectUriOf(flags);
        const { authorizationEndpoint: consent } = gatewayOf(flags);
        const seconds = integerOf(flags, "timeout-seconds", { least: 1, most: 3600, default: CODE_SECONDS });
        const workflow = workflowOf(flags);
        const dispatch = flags["dispatch"] === true;
        const apiKey = await apiKeyOf(flags);
        if (dispatch) await requireGh(workflow.host);
        const state = (0, import_node_crypto6.randomBytes)(24).toString("base64url");
        const address = consentAddress(consent, { apiKey, redirectUri, state });
        const read = (text3) => readConsentAnswer(text3, state);
        const landing = await landingAt(new URL(redirectUri), read);
        let code2;
        try {
          print(
            "Open this address in a browser where you are logged in to Sprinklr, and allow the app:",
            "",
            address,
            ""
          );
          if (flags["no-browser"] !== true && await openBrowser(address))
            print("It was handed to your browser.");
          code2 = await withinSeconds(seconds, (over) => answer({ landing, read, redirectUri, seconds, over }));
        } finally {
          if (landing !== void 0) landing.close();
        }
        await handOn({ code: code2, workflow, dispatch, until: new Date(Date.now() + CODE_SECONDS * 1e3) });
        return 0;
      }
    };
    TROUBLES = {
      EACCES: "this user may not listen at that port",
      EADDRINUSE: "the port is already taken",
      EADDRNOTAVAIL: "this machine does not have that address"
    };
  }
});

// src/redaction.ts
function createSecrets(setSecret) {
  const masked = /* @__PURE__ */ new Set();
  const whole2 = /* @__PURE__ */ new Set();
  return {
    mask(value) {
      if (value.length < MIN_SECRET_LENGTH || whole2.has(value)) return;
      whole2.add(value);
      const asItIs = /[\r\n]/.test(value) ? [] : [value];
      const mayBeOneLine = value.includes("\\n") && !value.includes("-----BEGIN ");
      const asOneLine = mayBeOneLine ? asItIs.flatMap(escapes) : [];
      for (const form of [...asItIs, ...asOneLine, ...formsToMask(value)]) {
        if (masked.has(form)) continue;
        masked.add(form);
        setSecret(form);
      }
    },
    containsSecret: (text3) => [...masked].some((form) => text3.includes(form)),
    redact(text3) {
      const values = [...whole2];
      return redact2(text3, [...masked, ...values, ...values.flatMap(escapes), ...values.flatMap(encodings)]);
    }
  };
}
function formsToMask(value) {
  const lines = value.split(/\r?\n|\\n/).map((line2) => line2.trim()).filter((line2) => !PEM_BOUNDARY2.test(line2));
  const escaped = escapes(lines.join("\n")).flatMap((text3) => text3.split(/%0A|\\n/));
  return [...lines, ...escaped].filter((form) => form.length >= MIN_FRAGMENT_LENGTH);
}
function escapes(text3) {
  const wellFormed = Buffer.from(text3).toString();
  return [
    encodeURIComponent(wellFormed),
    new URLSearchParams({ "": wellFormed }).toString().slice(1),
    JSON.stringify(text3).slice(1, -1)
  ];
}
function encodings(value) {
  const bytes = Buffer.from(value);
  const inside = [1, 2].flatMap((shift) => {
    const encoded = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64").slice(4, -4);
    return [encoded, encoded.replaceAll("+", "-").replaceAll("/", "_")];
  });
  const whole2 = [bytes.toString("base64"), bytes.toString("base64url"), bytes.toString("hex")];
  return [...whole2, ...inside.filter((text3) => text3.length >= MIN_FRAGMENT_LENGTH)];
}
function redact2(text3, forms) {
  const leaks = /* @__PURE__ */ new Set();
  for (const form of forms.map(lowerCase)) {
    if (form.length < MIN_LEAK_LENGTH) leaks.add(form);
    for (let start = 0; start + MIN_LEAK_LENGTH <= form.length; start++)
      leaks.add(form.slice(start, start + MIN_LEAK_LENGTH));
  }
  const lengths = new Set([...leaks].map((leak) => leak.length));
  const lower = lowerCase(text3);
  let shown = "";
  let hiddenUntil = 0;
  for (let index = 0; index < text3.length; index++) {
    for (const length of lengths) {
      if (leaks.has(lower.slice(index, index + length))) hiddenUntil = Math.max(hiddenUntil, index + length);
    }
    if (index >= hiddenUntil) shown += text3.charAt(index);
    else if (!shown.endsWith("***")) shown += "***";
  }
  return shown;
}
function lowerCase(text3) {
  return text3.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
function sanitize(text3, secrets) {
  const printable = secrets.redact(text3.slice(0, 1e4)).replace(/[\p{C}\p{Z}]+/gu, " ").replace(/:(?=:)/g, ": ").replaceAll("##[", "# #[").trim();
  const line2 = secrets.redact(printable);
  return line2.length > MAX_QUOTE_LENGTH ? `${line2.slice(0, MAX_QUOTE_LENGTH)}\u2026` : line2;
}
var MAX_QUOTE_LENGTH, MIN_FRAGMENT_LENGTH, MIN_SECRET_LENGTH, MIN_LEAK_LENGTH, PEM_BOUNDARY2;
var init_redaction = __esm({
  "src/redaction.ts"() {
    "use strict";
    MAX_QUOTE_LENGTH = 300;
    MIN_FRAGMENT_LENGTH = 8;
    MIN_SECRET_LENGTH = 4;
    MIN_LEAK_LENGTH = 12;
    PEM_BOUNDARY2 = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;
  }
});

// src/credentials/detect-private-key.ts
function detectPrivateKey(text3, depth = 0) {
  const file = decodeBase64(text3);
  const inside = file && detectFile(file, depth);
  if (inside) return { ...inside, form: `base64 of ${inside.form}` };
  const blocks = text3.startsWith("{") ? [] : findPemBlocks(text3).map((frame) => detectPemBlock(frame, depth));
  const found = blocks.find(({ kind: kind2 }) => isPrivateKeyKind(kind2)) ?? blocks[0];
  if (found) return found;
  const kind = recognizeText(text3) ?? (file ? "base64-unknown" : "text-unknown");
  return { kind, content: file ?? text3, form: "text" };
}
function isPrivateKeyKind(kind) {
  return Object.hasOwn(PRIVATE_KEY_KINDS, kind);
}
function detectFile(file, depth) {
  const der = identifyDer(file);
  if (der) {
    const kind = kindBySize(der, file.length);
    return {
      kind,
      content: file,
      size: der.size,
      form: isPrivateKeyKind(kind) ? `${PRIVATE_KEY_KINDS[kind].name} DER` : "DER"
    };
  }
  const start = file.toString("latin1", 0, 14);
  const magic = MAGIC_NUMBERS.find(([bytes]) => start.startsWith(bytes));
  if (magic) return { kind: magic[1], content: file, form: "a binary file" };
  const text3 = depth < 3 ? decodeText(file) : void 0;
  const inside = text3 === void 0 ? void 0 : detectPrivateKey(normalizePastedText(text3).text, depth + 1);
  return inside && !UNKNOWN_KINDS.has(inside.kind) ? inside : void 0;
}
function kindBySize({ kind, size }, length) {
  if (!isPrivateKeyKind(kind) && kind !== "dsa" && kind !== "other-der") return kind;
  if (size > length) return "truncated";
  if (size < length) return "trailing";
  return length > MAX_KEY_BYTES ? "oversized" : kind;
}
function detectPemBlock({ label, body, encryptedPem, closed, isMultiline: hasLines }, depth) {
  const layout = hasLines ? "" : " on one line";
  if (encryptedPem) {
    const { name } = PRIVATE_KEY_KINDS["encrypted-pem"];
    return {
      kind: closed ? "encrypted-pem" : "end-missing",
      content: encryptedPem,
      form: `PEM (${name})${layout}`
    };
  }
  if (body === "") return { kind: "first-line", content: body, form: "PEM" };
  const file = decodeBase64(body);
  if (!file) return { kind: "pem-garbled", content: body, form: "PEM" };
  const inside = detectFile(file, depth);
  if (!inside) return { kind: "pem-unknown", content: file, form: "PEM" };
  const form = isPrivateKeyKind(inside.kind) && label.includes("PRIVATE") ? `PEM (${PRIVATE_KEY_KINDS[inside.kind].name})` : `${inside.form} in a PEM block of another kind`;
  return { ...inside, form: form + layout };
}
var PRIVATE_KEY_KINDS, MAX_KEY_BYTES, UNKNOWN_KINDS, MAGIC_NUMBERS;
var init_detect_private_key = __esm({
  "src/credentials/detect-private-key.ts"() {
    "use strict";
    init_der();
    init_key_problems();
    init_pem();
    PRIVATE_KEY_KINDS = {
      pkcs8: { name: "PKCS#8", encrypted: false, encoding: { format: "der", type: "pkcs8" } },
      pkcs1: { name: "PKCS#1", encrypted: false, encoding: { format: "der", type: "pkcs1" } },
      sec1: { name: "SEC1", encrypted: false, encoding: { format: "der", type: "sec1" } },
      "encrypted-pkcs8": {
        name: "encrypted PKCS#8",
        encrypted: true,
        encoding: { format: "der", type: "pkcs8" }
      },
      "encrypted-pem": { name: "traditional encryption", encrypted: true, encoding: { format: "pem" } }
    };
    MAX_KEY_BYTES = 10 * 1024;
    UNKNOWN_KINDS = /* @__PURE__ */ new Set(["empty", "text-unknown", "base64-unknown"]);
    MAGIC_NUMBERS = [
      ["\xFE\xED\xFE\xED", "jks"],
      ["\xCE\xCE\xCE\xCE", "jks"],
      ["openssh-key-v1", "openssh"]
    ];
  }
});

// src/credentials/private-key.ts
function parsePrivateKey({ value, passphrase, input }) {
  const { kind, content, size = 0 } = detectPrivateKey(normalizePastedText(value).text);
  const failure = (problem, cause) => toKeyError(problem, { input, length: content.length, size, cause });
  if (!isPrivateKeyKind(kind)) throw failure(kind);
  const { encrypted, encoding } = PRIVATE_KEY_KINDS[kind];
  if (encrypted && passphrase === "") throw failure("passphrase-missing");
  try {
    return (0, import_node_crypto7.createPrivateKey)({ key: content, passphrase, ...encoding });
  } catch (error) {
    if (!encrypted) throw failure("damaged", error);
    const unsupported2 = error.code === "ERR_OSSL_EVP_UNSUPPORTED";
    throw failure(unsupported2 ? "cipher-unsupported" : "passphrase-wrong", error);
  }
}
function describePrivateKey(value) {
  const { text: text3, repairs } = normalizePastedText(value);
  const { kind, form } = detectPrivateKey(text3);
  return isPrivateKeyKind(kind) ? [form, ...repairs].join(", ") : void 0;
}
function requireRs256(key, input) {
  signRs256(new Uint8Array(1), requireRsa(key, input));
  return key;
}
function signRs256(bytes, key) {
  let cause;
  try {
    const signature = (0, import_node_crypto7.sign)("sha256", bytes, key);
    if ((0, import_node_crypto7.verify)("sha256", bytes, (0, import_node_crypto7.createPublicKey)(key), signature)) return signature;
  } catch (error) {
    cause = error;
  }
  throw toKeyError("damaged", { input: "private-key", length: 0, size: 0, cause });
}
function requireRsa(key, input) {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength >= 2048 && modulusLength <= MAX_MODULUS_BITS)
    return key;
  const kind = KEY_TYPE_NAMES[key.asymmetricKeyType ?? ""] ?? "a key of another kind";
  const detail = namedCurve ?? (modulusLength && `${modulusLength} bits`);
  const verb = input === "certificate" ? "is for" : "is";
  throw new ActionError(
    "KEY_UNSUPPORTED",
    `\`${input}\` ${verb} ${kind}${detail ? ` (${detail})` : ""}. Sprinklr needs an RSA key of 2048 bits or more.`,
    newKeyDetails(input)
  );
}
function toPkcs8Der(key) {
  return key.export({ type: "pkcs8", format: "der" });
}
var import_node_crypto7, MAX_MODULUS_BITS, KEY_TYPE_NAMES;
var init_private_key = __esm({
  "src/credentials/private-key.ts"() {
    "use strict";
    import_node_crypto7 = require("node:crypto");
    init_errors();
    init_detect_private_key();
    init_key_problems();
    init_pem();
    MAX_MODULUS_BITS = 16384;
    KEY_TYPE_NAMES = {
      rsa: "an RSA key",
      "rsa-pss": "an RSA-PSS key",
      dsa: "a DSA key",
      dh: "a Diffie-Hellman key",
      ec: "an EC key",
      ed25519: "an Ed25519 key",
      ed448: "an Ed448 key",
      x25519: "an X25519 key",
      x448: "an X448 key"
    };
  }
});

// node_modules/jose/dist/webapi/util/errors.js
var JOSEError, JOSENotSupported, JWEInvalid;
var init_errors2 = __esm({
  "node_modules/jose/dist/webapi/util/errors.js"() {
    JOSEError = class extends Error {
      static code = "ERR_JOSE_GENERIC";
      code = "ERR_JOSE_GENERIC";
      constructor(message2, options) {
        super(message2, options), this.name = this.constructor.name, Error.captureStackTrace?.(this, this.constructor);
      }
    };
    JOSENotSupported = class extends JOSEError {
      static code = "ERR_JOSE_NOT_SUPPORTED";
      code = "ERR_JOSE_NOT_SUPPORTED";
    };
    JWEInvalid = class extends JOSEError {
      static code = "ERR_JWE_INVALID";
      code = "ERR_JWE_INVALID";
    };
  }
});

// node_modules/jose/dist/webapi/lib/buffer_utils.js
function concat(...buffers) {
  const size = buffers.reduce((acc, { length }) => acc + length, 0), buf = new Uint8Array(size);
  let i = 0;
  for (const buffer2 of buffers)
    buf.set(buffer2, i), i += buffer2.length;
  return buf;
}
function writeUInt32BE(buf, value, offset) {
  if (value < 0 || value >= UINT32_RANGE)
    throw new RangeError(`value must be >= 0 and <= ${UINT32_RANGE - 1}. Received ${value}`);
  buf.set([value >>> 24, value >>> 16, value >>> 8, value & 255], offset);
}
function uint64be(value) {
  const high = Math.floor(value / UINT32_RANGE), low = value % UINT32_RANGE, buf = new Uint8Array(8);
  return writeUInt32BE(buf, high, 0), writeUInt32BE(buf, low, 4), buf;
}
function uint32be(value) {
  const buf = new Uint8Array(4);
  return writeUInt32BE(buf, value), buf;
}
function encode(string) {
  if (typeof string == "string" && string.length >= 128) {
    if (NON_ASCII.test(string))
      throw new TypeError("non-ASCII string encountered in encode()");
    return encoder.encode(string);
  }
  const bytes = new Uint8Array(string.length);
  for (let i = 0; i < string.length; i++) {
    const code2 = string.charCodeAt(i);
    if (code2 > 127)
      throw new TypeError("non-ASCII string encountered in encode()");
    bytes[i] = code2;
  }
  return bytes;
}
function encodeBase64(input, url = false) {
  if (Uint8Array.prototype.toBase64)
    return input.toBase64({ alphabet: url ? "base64url" : "base64", omitPadding: url });
  const CHUNK_SIZE = 32768, arr = [];
  for (let i = 0; i < input.length; i += CHUNK_SIZE)
    arr.push(String.fromCharCode.apply(null, input.subarray(i, i + CHUNK_SIZE)));
  const encoded = btoa(arr.join(""));
  return url ? encoded.replace(/=/g, "").replace(/\+/g, "-").replace(/\//g, "_") : encoded;
}
function decodeBase642(encoded, url = false) {
  if (Uint8Array.fromBase64)
    return Uint8Array.fromBase64(encoded, { alphabet: url ? "base64url" : "base64" });
  if (url) {
    if (encoded.includes("+") || encoded.includes("/"))
      throw new TypeError("Invalid base64url");
    encoded = encoded.replace(/-/g, "+").replace(/_/g, "/");
  }
  const binary = atob(encoded), bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++)
    bytes[i] = binary.charCodeAt(i);
  return bytes;
}
async function digest(algorithm, data) {
  const subtleDigest = `SHA-${algorithm.slice(-3)}`;
  return new Uint8Array(await crypto.subtle.digest(subtleDigest, data));
}
var encoder, decoder, strictDecoder, UINT32_RANGE, NON_ASCII;
var init_buffer_utils = __esm({
  "node_modules/jose/dist/webapi/lib/buffer_utils.js"() {
    encoder = new TextEncoder();
    decoder = new TextDecoder();
    strictDecoder = new TextDecoder("utf-8", { fatal: true });
    UINT32_RANGE = 2 ** 32;
    NON_ASCII = /[^\x00-\x7f]/;
  }
});

// node_modules/jose/dist/webapi/util/base64url.js
function decode2(input) {
  try {
    return decodeBase642(typeof input == "string" ? input : decoder.decode(input), true);
  } catch (cause) {
    throw new TypeError(invalid2, { cause });
  }
}
function encode2(input) {
  return encodeBase64(typeof input == "string" ? encoder.encode(input) : input, true);
}
var invalid2;
var init_base64url = __esm({
  "node_modules/jose/dist/webapi/util/base64url.js"() {
    init_buffer_utils();
    invalid2 = "The input to be decoded is not correctly encoded.";
  }
});

// node_modules/jose/dist/webapi/lib/validate.js
function assertUint8Array(input, label) {
  if (!(input instanceof Uint8Array))
    throw new TypeError(`${label} must be an instance of Uint8Array`);
}
function isObject(input) {
  if (typeof input != "object" || input === null || Object.prototype.toString.call(input) !== "[object Object]")
    return false;
  const prototype = Object.getPrototypeOf(input);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
function isDisjoint(...headers) {
  const parameters = /* @__PURE__ */ new Set();
  for (const header2 of headers)
    if (header2)
      for (const parameter of Object.keys(header2)) {
        if (parameters.has(parameter))
          return false;
        parameters.add(parameter);
      }
  return true;
}
function assertNotSet(value, name) {
  if (value !== void 0)
    throw new TypeError(`${name} can only be called once`);
}
function decodeBase64url(value, label, ErrorClass) {
  try {
    return decode2(value);
  } catch (cause) {
    throw new ErrorClass(`Failed to base64url decode the ${label}`, { cause });
  }
}
function validateCritDuplicates(Err, protectedHeader) {
  const { crit } = protectedHeader ?? {};
  if (Array.isArray(crit) && new Set(crit).size !== crit.length)
    throw new Err('"crit" (Critical) Header Parameter MUST NOT contain duplicate values');
}
function validateCrit(Err, recognizedDefault, recognizedOption, protectedHeader, joseHeader) {
  if (joseHeader.crit !== void 0 && protectedHeader?.crit === void 0)
    throw new Err('"crit" (Critical) Header Parameter MUST be integrity protected');
  if (!protectedHeader || protectedHeader.crit === void 0)
    return [];
  if (!Array.isArray(protectedHeader.crit) || protectedHeader.crit.length === 0 || protectedHeader.crit.some((input) => typeof input != "string" || input.length === 0))
    throw new Err('"crit" (Critical) Header Parameter MUST be an array of non-empty strings when present');
  const recognized = recognizedOption === void 0 ? recognizedDefault : { __proto__: null, ...recognizedOption, ...recognizedDefault };
  for (const parameter of protectedHeader.crit) {
    if (!(parameter in recognized))
      throw new JOSENotSupported(`Extension Header Parameter "${parameter}" is not recognized`);
    if (!Object.hasOwn(joseHeader, parameter) || joseHeader[parameter] === void 0)
      throw new Err(`Extension Header Parameter "${parameter}" is missing`);
    if (recognized[parameter] && (!Object.hasOwn(protectedHeader, parameter) || protectedHeader[parameter] === void 0))
      throw new Err(`Extension Header Parameter "${parameter}" MUST be integrity protected`);
  }
  return protectedHeader.crit;
}
function serializeJoseHeader(Err, header2) {
  let serialized, parsed;
  try {
    serialized = JSON.stringify(header2), parsed = JSON.parse(serialized);
  } catch (cause) {
    throw new Err("JOSE Header is not valid JSON", { cause });
  }
  if (!isObject(parsed))
    throw new Err("JOSE Header is not a JSON object");
  return [parsed, serialized];
}
var JWE_RECOGNIZED;
var init_validate = __esm({
  "node_modules/jose/dist/webapi/lib/validate.js"() {
    init_errors2();
    init_base64url();
    JWE_RECOGNIZED = { __proto__: null };
  }
});

// node_modules/jose/dist/webapi/lib/key.js
async function prepareKey(entry, key, usage) {
  const { alg, secret } = entry, requiresPrivateKey = usage === "decrypt" || usage === "sign";
  if (secret && key instanceof Uint8Array)
    return key;
  let normalized, keyObject;
  if (isObject(key)) {
    if (normalized = normalizeJwk(key), typeof normalized.kty != "string")
      throw invalidKeyType(alg, key, secret);
    if (!(secret ? normalized.kty === "oct" && typeof normalized.k == "string" : normalized.kty !== "oct" && (requiresPrivateKey ? normalized.kty === "AKP" && typeof normalized.priv == "string" || typeof normalized.d == "string" : normalized.d === void 0 && normalized.priv === void 0)))
      throw new TypeError(secret ? 'JSON Web Key for symmetric algorithms must have JWK "kty" (Key Type) equal to "oct" and the JWK "k" (Key Value) present' : `JSON Web Key for this operation must be a ${requiresPrivateKey ? "private" : "public"} JWK`);
    if (jwkMatchesOp(entry, normalized, usage), normalized.kty === "oct")
      return decode2(normalized.k);
    if (!Object.isFrozen(key)) {
      const { key_ops } = key;
      Array.isArray(key_ops) && Object.freeze(key_ops), Object.freeze(key);
    }
  } else {
    if (!isKeyLike(key))
      throw invalidKeyType(alg, key, secret);
    const expectedType = secret ? "secret" : requiresPrivateKey ? "private" : "public";
    if (key.type !== expectedType && (secret || ["secret", "public", "private"].includes(key.type)))
      throw new TypeError(`${tag(key)} instances must be of type "${expectedType}" for the ${alg} algorithm`);
    if (isCryptoKey(key))
      return key;
    if (keyObject = key, keyObject.type === "secret")
      return keyObject.export();
  }
  cache ||= /* @__PURE__ */ new WeakMap();
  const cacheKey = key;
  let cached = cache.get(cacheKey);
  if (cached?.[alg])
    return cached[alg];
  if (cached || cache.set(cacheKey, cached = {}), keyObject && typeof keyObject.toCryptoKey == "function") {
    const isPublic = keyObject.type === "public", crv = nist[keyObject.asymmetricKeyDetails?.namedCurve], params = entry.resolve?.({ crv, asymmetricKeyType: keyObject.asymmetricKeyType }) ?? entry.subtle;
    return cached[alg] = keyObject.toCryptoKey(params, isPublic, entry.usages[isPublic ? 0 : 1]);
  }
  return normalized ??= keyObject.export({ format: "jwk" }), normalized.alg = alg, cached[alg] = await jwkToKey(entry, normalized);
}
function assertCryptoKey(key) {
  if (!isCryptoKey(key))
    throw new Error("CryptoKey instance expected");
}
function message(msg, actual, ...types) {
  if (types.length > 2) {
    const last = types.pop();
    msg += `one of type ${types.join(", ")}, or ${last}.`;
  } else types.length === 2 ? msg += `one of type ${types[0]} or ${types[1]}.` : msg += `of type ${types[0]}.`;
  return actual == null ? msg += ` Received ${actual}` : typeof actual == "function" && actual.name ? msg += ` Received function ${actual.name}` : typeof actual == "object" && actual != null && actual.constructor?.name && (msg += ` Received an instance of ${actual.constructor.name}`), msg;
}
function invalidKeyType(alg, actual, secret) {
  const types = ["CryptoKey", "KeyObject", "JSON Web Key"];
  return secret && types.push("Uint8Array"), new TypeError(message(`Key for the ${alg} algorithm must be `, actual, ...types));
}
function checkUsage(key, usage) {
  if (usage && !key.usages.includes(usage))
    throw new TypeError(`CryptoKey does not support this operation, its usages must include ${usage}.`);
}
function checkModulusLength(alg, key) {
  const { modulusLength } = key.algorithm;
  if (typeof modulusLength != "number" || modulusLength < 2048)
    throw new TypeError(`${alg} requires key modulusLength to be 2048 bits or larger`);
}
function checkCryptoKey(key, expected, usage) {
  const algorithm = key.algorithm;
  if (algorithm.name !== expected.name)
    throw unusable(expected.name);
  if (expected.hash && algorithm.hash?.name !== expected.hash)
    throw unusable(expected.hash, "algorithm.hash");
  if (expected.namedCurve && algorithm.namedCurve !== expected.namedCurve)
    throw unusable(expected.namedCurve, "algorithm.namedCurve");
  if (expected.length !== void 0 && algorithm.length !== expected.length)
    throw unusable(expected.length, "algorithm.length");
  checkUsage(key, usage);
}
function snapshotJwk(jwk) {
  return { __proto__: null, ...jwk };
}
function normalizeJwk(jwk) {
  const normalized = snapshotJwk(jwk);
  if (normalized.ext !== void 0 && typeof normalized.ext != "boolean")
    throw new TypeError('"ext" (Extractable) Parameter must be a boolean');
  if (normalized.key_ops !== void 0) {
    const value = normalized.key_ops, keyOps = Array.isArray(value) ? [...value] : void 0;
    if (!keyOps || keyOps.some((operation) => typeof operation != "string") || new Set(keyOps).size !== keyOps.length)
      throw new TypeError('"key_ops" (Key Operations) Parameter must be an array of unique strings');
    normalized.key_ops = keyOps;
  }
  return normalized;
}
async function jwkToKey(entry, jwk, extractable) {
  if (!entry.kty.includes(jwk.kty))
    throw new JOSENotSupported('Invalid or unsupported JWK "alg" (Algorithm) Parameter value');
  const algorithm = entry.resolve?.({ kty: jwk.kty, crv: jwk.crv }) ?? entry.subtle, isPrivate = !!(jwk.d || jwk.priv), keyData = { ...jwk, ext: extractable ?? jwk.ext };
  return keyData.kty !== "AKP" && delete keyData.alg, delete keyData.use, crypto.subtle.importKey("jwk", keyData, algorithm, keyData.ext ?? !isPrivate, jwk.key_ops ?? entry.usages[isPrivate ? 1 : 0]);
}
async function rawKey(key, expected, usage, extractable = false) {
  return key instanceof Uint8Array && (key = await crypto.subtle.importKey("raw", key, expected, extractable, [usage])), checkCryptoKey(key, expected, usage), key;
}
var tag, jwkMatchesOp, cache, nist, isCryptoKey, isKeyObject, isKeyLike, invalidKeyInput, unusable;
var init_key = __esm({
  "node_modules/jose/dist/webapi/lib/key.js"() {
    init_validate();
    init_base64url();
    init_errors2();
    tag = (key) => key[Symbol.toStringTag];
    jwkMatchesOp = (entry, key, usage) => {
      const { alg } = entry;
      if (key.use !== void 0) {
        const expected = usage === "sign" || usage === "verify" ? "sig" : "enc";
        if (key.use !== expected)
          throw new TypeError(`Invalid key for this operation, its "use" must be "${expected}" when present`);
      }
      if (key.kty === "AKP" && key.alg === void 0)
        throw new TypeError('missing "alg" (Algorithm) Parameter value');
      if (key.alg !== void 0 && key.alg !== alg)
        throw new TypeError(`Invalid key for this operation, its "alg" must be "${alg}" when present`);
      if (Array.isArray(key.key_ops)) {
        const expectedKeyOp = usage === "encrypt" || usage === "decrypt" ? entry.ops?.[usage === "encrypt" ? 0 : 1] : usage;
        if (expectedKeyOp && !key.key_ops.includes(expectedKeyOp))
          throw new TypeError(`Invalid key for this operation, its "key_ops" must include "${expectedKeyOp}" when present`);
      }
    };
    nist = {
      __proto__: null,
      prime256v1: "P-256",
      secp384r1: "P-384",
      secp521r1: "P-521"
    };
    isCryptoKey = (key) => {
      if (key?.[Symbol.toStringTag] === "CryptoKey")
        return true;
      try {
        return key instanceof CryptoKey;
      } catch {
        return false;
      }
    };
    isKeyObject = (key) => key?.[Symbol.toStringTag] === "KeyObject";
    isKeyLike = (key) => isCryptoKey(key) || isKeyObject(key);
    invalidKeyInput = (actual, ...types) => message("Key must be ", actual, ...types);
    unusable = (name, prop = "algorithm.name") => new TypeError(`CryptoKey does not support this operation, its ${prop} must be ${name}`);
  }
});

// node_modules/jose/dist/webapi/lib/content_encryption.js
function checkCekLength(cek, expected) {
  const actual = cek.byteLength << 3;
  if (actual !== expected)
    throw new JWEInvalid(`Invalid Content Encryption Key length. Expected ${expected} bits, got ${actual} bits`);
}
function checkIvLength(enc, iv) {
  if (iv.length << 3 !== enc.ivBits)
    throw new JWEInvalid("Invalid Initialization Vector length");
}
async function cbcKeySetup(enc, cek, usage) {
  if (!(cek instanceof Uint8Array))
    throw new TypeError(invalidKeyInput(cek, "Uint8Array"));
  const keyLengthBits = enc.cekBits >> 1, encKey = await crypto.subtle.importKey("raw", cek.subarray(keyLengthBits >> 3), "AES-CBC", false, [usage]), macKey = await crypto.subtle.importKey("raw", cek.subarray(0, keyLengthBits >> 3), {
    hash: `SHA-${keyLengthBits << 1}`,
    name: "HMAC"
  }, false, ["sign"]);
  return [encKey, macKey, keyLengthBits];
}
async function cbcHmacTag(macKey, macData, keyLengthBits) {
  return new Uint8Array((await crypto.subtle.sign("HMAC", macKey, macData)).slice(0, keyLengthBits >> 3));
}
async function cbcEncrypt(enc, plaintext, cek, iv, aad) {
  const [encKey, macKey, keyLengthBits] = await cbcKeySetup(enc, cek, "encrypt"), ciphertext = new Uint8Array(await crypto.subtle.encrypt({
    iv,
    name: "AES-CBC"
  }, encKey, plaintext)), al = uint64be(aad.length * 8), macData = concat(aad, iv, ciphertext, al), tag2 = await cbcHmacTag(macKey, macData, keyLengthBits);
  return { ciphertext, tag: tag2, iv };
}
async function encrypt(enc, plaintext, cek, iv, aad) {
  if (!isCryptoKey(cek) && !(cek instanceof Uint8Array))
    throw new TypeError(invalidKeyInput(cek, "CryptoKey", "KeyObject", "Uint8Array", "JSON Web Key"));
  if (iv ? checkIvLength(enc, iv) : iv = generateIv(enc), cek instanceof Uint8Array && checkCekLength(cek, enc.cekBits), enc.cbc)
    return cbcEncrypt(enc, plaintext, cek, iv, aad);
  const encKey = await rawKey(cek, enc.subtle, "encrypt"), encrypted = new Uint8Array(await crypto.subtle.encrypt({
    additionalData: aad,
    iv,
    name: "AES-GCM",
    tagLength: 128
  }, encKey, plaintext));
  return { ciphertext: encrypted.subarray(0, -16), tag: encrypted.subarray(-16), iv };
}
var generateCek, generateIv;
var init_content_encryption = __esm({
  "node_modules/jose/dist/webapi/lib/content_encryption.js"() {
    init_buffer_utils();
    init_key();
    init_errors2();
    generateCek = (enc) => crypto.getRandomValues(new Uint8Array(enc.cekBits >> 3));
    generateIv = (enc) => crypto.getRandomValues(new Uint8Array(enc.ivBits >> 3));
  }
});

// node_modules/jose/dist/webapi/lib/key_descriptor.js
function table(entries) {
  const out = { __proto__: null };
  for (const alg in entries)
    out[alg] = { ...entries[alg], alg };
  return out;
}
var init_key_descriptor = __esm({
  "node_modules/jose/dist/webapi/lib/key_descriptor.js"() {
  }
});

// node_modules/jose/dist/webapi/lib/jwe_algorithms.js
function rsaes(bits) {
  return {
    kty: ["RSA"],
    mode: "key-encryption",
    subtle: { name: "RSA-OAEP", hash: `SHA-${bits}` },
    usages: wrap,
    ops: ["wrapKey", "unwrapKey"]
  };
}
function ecdh(mode) {
  return {
    kty: ["EC", "OKP"],
    mode,
    subtle: { name: "ECDH" },
    resolve: ({ kty, crv, asymmetricKeyType }) => {
      if (crv === "X25519" || asymmetricKeyType === "x25519")
        return { name: "X25519" };
      if (kty === "OKP")
        throw new JOSENotSupported('Invalid or unsupported JWK "alg" (Algorithm) Parameter value');
      return { name: "ECDH", namedCurve: crv };
    },
    usages: derive,
    ops: [void 0, "deriveBits"]
  };
}
function aeskw(bits, gcm = false) {
  return {
    kty: ["oct"],
    mode: "key-wrapping",
    secret: true,
    subtle: { name: gcm ? "AES-GCM" : "AES-KW", length: bits },
    usages: none,
    ops: gcm ? ["encrypt", "decrypt"] : ["wrapKey", "unwrapKey"]
  };
}
function pbes2() {
  return {
    kty: ["oct"],
    mode: "key-wrapping",
    secret: true,
    subtle: { name: "PBKDF2" },
    usages: none,
    ops: ["deriveBits", "deriveBits"]
  };
}
function contentEncryption(bits, cbc = false) {
  return {
    kty: ["oct"],
    secret: true,
    subtle: { name: cbc ? "AES-CBC" : "AES-GCM", length: bits },
    usages: none,
    ops: contentOps,
    cekBits: bits,
    ivBits: cbc ? 128 : 96,
    cbc
  };
}
function unsupported(parameter, name) {
  throw new JOSENotSupported(`Invalid or unsupported "${parameter}" (JWE ${name}) header value`);
}
function jweAlgorithm(alg) {
  return (typeof alg == "string" ? JWE[alg] : void 0) ?? unsupported("alg", "Algorithm");
}
function isJWECEKTransport(algorithm) {
  return algorithm.mode === "key-wrapping" || algorithm.mode === "key-encryption" || algorithm.mode === "key-agreement-with-key-wrapping";
}
function jweEncryption(enc) {
  return (typeof enc == "string" ? ENC[enc] : void 0) ?? unsupported("enc", "Encryption Algorithm");
}
var wrap, derive, none, JWE, contentOps, ENC;
var init_jwe_algorithms = __esm({
  "node_modules/jose/dist/webapi/lib/jwe_algorithms.js"() {
    init_errors2();
    init_key_descriptor();
    wrap = [
      ["encrypt", "wrapKey"],
      ["decrypt", "unwrapKey"]
    ];
    derive = [[], ["deriveBits"]];
    none = [[], []];
    JWE = table({
      dir: {
        kty: ["oct"],
        mode: "direct-encryption",
        secret: true,
        subtle: { name: "AES-GCM" },
        usages: none,
        ops: ["encrypt", "decrypt"]
      },
      "RSA-OAEP": rsaes(1),
      "RSA-OAEP-256": rsaes(256),
      "RSA-OAEP-384": rsaes(384),
      "RSA-OAEP-512": rsaes(512),
      "ECDH-ES": ecdh("direct-key-agreement"),
      "ECDH-ES+A128KW": ecdh("key-agreement-with-key-wrapping"),
      "ECDH-ES+A192KW": ecdh("key-agreement-with-key-wrapping"),
      "ECDH-ES+A256KW": ecdh("key-agreement-with-key-wrapping"),
      A128KW: aeskw(128),
      A192KW: aeskw(192),
      A256KW: aeskw(256),
      A128GCMKW: aeskw(128, true),
      A192GCMKW: aeskw(192, true),
      A256GCMKW: aeskw(256, true),
      "PBES2-HS256+A128KW": pbes2(),
      "PBES2-HS384+A192KW": pbes2(),
      "PBES2-HS512+A256KW": pbes2()
    });
    contentOps = ["encrypt", "decrypt"];
    ENC = table({
      A128GCM: contentEncryption(128),
      A192GCM: contentEncryption(192),
      A256GCM: contentEncryption(256),
      "A128CBC-HS256": contentEncryption(256, true),
      "A192CBC-HS384": contentEncryption(384, true),
      "A256CBC-HS512": contentEncryption(512, true)
    });
  }
});

// node_modules/jose/dist/webapi/lib/key_management.js
function checkEcdhCryptoKey(key, usage) {
  if (key.algorithm.name !== "ECDH" && key.algorithm.name !== "X25519")
    throw new TypeError("CryptoKey does not support this operation, its algorithm.name must be ECDH or X25519");
  checkUsage(key, usage);
}
async function aeskwWrap(alg, key, cek) {
  const cryptoKey = await rawKey(key, jweAlgorithm(alg).subtle, "wrapKey", true), cryptoKeyCek = await crypto.subtle.importKey("raw", cek, { hash: "SHA-256", name: "HMAC" }, true, ["sign"]);
  return new Uint8Array(await crypto.subtle.wrapKey("raw", cryptoKeyCek, cryptoKey, "AES-KW"));
}
function checkRsaKey(alg, key, usage) {
  checkCryptoKey(key, jweAlgorithm(alg).subtle, usage), checkModulusLength(alg, key);
}
async function deriveKey(p2s, alg, p2c, key) {
  if (!(p2s instanceof Uint8Array) || p2s.length < 8)
    throw new JWEInvalid("PBES2 Salt Input must be 8 or more octets");
  if (!Number.isSafeInteger(p2c) || Math.sign(p2c) !== 1)
    throw new JWEInvalid("PBES2 Count Input must be a positive integer");
  const salt = concat(encode(alg), Uint8Array.of(0), p2s), keyLengthBits = parseInt(alg.slice(13, 16), 10), subtleAlg = {
    hash: `SHA-${alg.slice(8, 11)}`,
    iterations: p2c,
    name: "PBKDF2",
    salt
  }, cryptoKey = await rawKey(key, jweAlgorithm(alg).subtle, "deriveBits");
  return new Uint8Array(await crypto.subtle.deriveBits(subtleAlg, cryptoKey, keyLengthBits));
}
function lengthAndInput(input) {
  return concat(uint32be(input.length), input);
}
async function concatKdf(Z, keyDataLength, OtherInfo) {
  const dkLen = keyDataLength >> 3, hashLen = 32, reps = Math.ceil(dkLen / hashLen), dk = new Uint8Array(reps * hashLen);
  for (let i = 1; i <= reps; i++) {
    const hashResult = await digest("sha256", concat(uint32be(i), Z, OtherInfo));
    dk.set(hashResult, (i - 1) * hashLen);
  }
  return dk.slice(0, dkLen);
}
async function ecdhesDeriveKey(publicKey, privateKey, algorithmId, keyDataLength, apu = new Uint8Array(), apv = new Uint8Array()) {
  checkEcdhCryptoKey(publicKey), checkEcdhCryptoKey(privateKey, "deriveBits");
  const otherInfo = concat(lengthAndInput(encode(algorithmId)), lengthAndInput(apu), lengthAndInput(apv), uint32be(keyDataLength)), Z = new Uint8Array(await crypto.subtle.deriveBits({
    name: publicKey.algorithm.name,
    public: publicKey
  }, privateKey, publicKey.algorithm.name === "X25519" ? 256 : Math.ceil(parseInt(publicKey.algorithm.namedCurve.slice(-3), 10) / 8) << 3));
  return concatKdf(Z, keyDataLength, otherInfo);
}
function assertEcdhKey(key) {
  assertCryptoKey(key);
  const curve = key.algorithm.namedCurve;
  if (curve !== "P-256" && curve !== "P-384" && curve !== "P-521" && key.algorithm.name !== "X25519")
    throw new JOSENotSupported("ECDH with the provided key is not allowed or not supported by your javascript runtime");
}
function partyInfo(joseHeader, name) {
  const value = joseHeader[name];
  if (value !== void 0) {
    if (typeof value != "string")
      throw new JWEInvalid(`JOSE Header "${name}" (Agreement Party${name === "apu" ? "U" : "V"}Info) invalid`);
    return decodeBase64url(value, name, JWEInvalid);
  }
}
function checkPartyInfo(apu, apv) {
  if (!(apu === void 0 || apv === void 0 || apu.byteLength !== apv.byteLength)) {
    for (let i = 0; i < apu.byteLength; i++)
      if (apu[i] !== apv[i])
        return;
    throw new JWEInvalid('JOSE Header "apu" and "apv" values must be distinct');
  }
}
async function encryptKeyManagement(entry, enc, inputKey, joseHeader, providedCek, providedParameters = {}) {
  const { alg, mode } = entry, transport = isJWECEKTransport(entry);
  if (providedCek !== void 0 && !transport)
    throw new TypeError(`setContentEncryptionKey cannot be called with JWE "alg" (Algorithm) Header ${alg}`);
  let key = await prepareKey(mode === "direct-encryption" ? enc : entry, inputKey, "encrypt");
  if (mode === "direct-encryption")
    return [key, void 0, void 0];
  const cek = transport ? providedCek ?? generateCek(enc) : void 0;
  cek && checkCekLength(cek, enc.cekBits);
  let encryptedKey, parameters;
  switch (entry.subtle.name) {
    case "ECDH": {
      assertEcdhKey(key);
      const { apu: providedApu, apv: providedApv } = providedParameters;
      providedApu !== void 0 && assertUint8Array(providedApu, '"apu"'), providedApv !== void 0 && assertUint8Array(providedApv, '"apv"');
      const apu = providedApu ?? partyInfo(joseHeader, "apu"), apv = providedApv ?? partyInfo(joseHeader, "apv");
      checkPartyInfo(apu, apv);
      let ephemeralPrivateKey;
      providedParameters.epk !== void 0 ? ephemeralPrivateKey = await prepareKey(entry, providedParameters.epk, "decrypt") : ephemeralPrivateKey = (await crypto.subtle.generateKey(key.algorithm, true, ["deriveBits"])).privateKey;
      const subtle = crypto.subtle;
      let exportableEpk = ephemeralPrivateKey;
      if (!exportableEpk.extractable) {
        if (typeof subtle.getPublicKey != "function")
          throw new TypeError('CryptoKey for "epk" must be extractable');
        exportableEpk = await subtle.getPublicKey(ephemeralPrivateKey, []);
      }
      const { x, y, crv, kty } = await subtle.exportKey("jwk", exportableEpk), direct = mode === "direct-key-agreement", derivedKey = await ecdhesDeriveKey(key, ephemeralPrivateKey, direct ? enc.alg : alg, direct ? enc.cekBits : parseInt(alg.slice(-5, -2), 10), apu, apv), epk = { x, crv, kty };
      if (kty === "EC" && (epk.y = y), parameters = { epk }, providedApu !== void 0 && (parameters.apu = encode2(providedApu)), providedApv !== void 0 && (parameters.apv = encode2(providedApv)), direct)
        return [derivedKey, void 0, parameters];
      key = derivedKey;
      break;
    }
    case "RSA-OAEP": {
      assertCryptoKey(key), checkRsaKey(alg, key, "encrypt"), encryptedKey = new Uint8Array(await crypto.subtle.encrypt("RSA-OAEP", key, cek));
      break;
    }
    case "PBKDF2": {
      const { p2c = 2048, p2s = crypto.getRandomValues(new Uint8Array(16)) } = providedParameters;
      key = await deriveKey(p2s, alg, p2c, key), parameters = { p2c, p2s: encode2(p2s) };
      break;
    }
    case "AES-GCM": {
      const iv = providedParameters.iv === void 0 ? crypto.getRandomValues(new Uint8Array(12)) : providedParameters.iv;
      if (!(iv instanceof Uint8Array))
        throw new TypeError('"iv" must be an instance of Uint8Array');
      const wrapped = await encrypt(jweEncryption(alg.slice(0, -2)), cek, key, iv, new Uint8Array());
      encryptedKey = wrapped.ciphertext, parameters = { iv: encode2(wrapped.iv), tag: encode2(wrapped.tag) };
    }
  }
  if (encryptedKey ??= await aeskwWrap(alg.slice(-6), key, cek), !(encryptedKey instanceof Uint8Array) || !encryptedKey.byteLength)
    throw new TypeError("JWE key management algorithm did not produce an Encrypted Key");
  return [cek, encryptedKey, parameters];
}
var init_key_management = __esm({
  "node_modules/jose/dist/webapi/lib/key_management.js"() {
    init_base64url();
    init_key();
    init_jwe_algorithms();
    init_errors2();
    init_validate();
    init_buffer_utils();
    init_content_encryption();
  }
});

// node_modules/jose/dist/webapi/lib/deflate.js
function validateZip(joseHeader, protectedHeader) {
  if (joseHeader.zip !== void 0 && joseHeader.zip !== "DEF")
    throw new JOSENotSupported('Unsupported JWE "zip" (Compression Algorithm) Header Parameter value.');
  if (joseHeader.zip !== void 0 && !protectedHeader?.zip)
    throw new JWEInvalid('JWE "zip" (Compression Algorithm) Header Parameter MUST be in a protected header.');
}
function supported(name) {
  if (typeof globalThis[name] > "u")
    throw new JOSENotSupported(`JWE "zip" (Compression Algorithm) Header Parameter requires the ${name} API.`);
}
async function transform(stream, input, maxLength = 1 / 0) {
  const writer = stream.writable.getWriter();
  writer.write(input).catch(() => {
  }), writer.close().catch(() => {
  });
  const chunks = [];
  let length = 0;
  const reader = stream.readable.getReader();
  for (; ; ) {
    const { value, done } = await reader.read();
    if (done)
      break;
    if (chunks.push(value), length += value.byteLength, maxLength !== 1 / 0 && length > maxLength)
      throw await reader.cancel().catch(() => {
      }), new JWEInvalid("Decompressed plaintext exceeded the configured limit");
  }
  return concat(...chunks);
}
async function compress(input) {
  return supported("CompressionStream"), transform(new CompressionStream("deflate-raw"), input);
}
var init_deflate = __esm({
  "node_modules/jose/dist/webapi/lib/deflate.js"() {
    init_errors2();
    init_buffer_utils();
  }
});

// node_modules/jose/dist/webapi/lib/jwe_encrypt.js
function checkDisjoint(protectedHeader, unprotectedHeader, sharedUnprotectedHeader) {
  if (!isDisjoint(protectedHeader, unprotectedHeader, sharedUnprotectedHeader))
    throw new JWEInvalid("JWE Protected, JWE Shared Unprotected and JWE Per-Recipient Header Parameter names must be disjoint");
}
function checkEncryptHeaders(input, options, sharedHeadersNormalized = false) {
  if (!input[1] && !input[2] && !input[3])
    throw new JWEInvalid("either setProtectedHeader, setUnprotectedHeader, or sharedUnprotectedHeader must be called before #encrypt()");
  options !== void 0 && (input[8] = options?.crit);
  let [, protectedHeader, unprotectedHeader, sharedUnprotectedHeader, aad, cek, iv, keyManagementParameters, crit] = input;
  if (aad !== void 0 && assertUint8Array(aad, "JWE Additional Authenticated Data"), cek !== void 0 && assertUint8Array(cek, "JWE Content Encryption Key"), iv !== void 0 && assertUint8Array(iv, "JWE Initialization Vector"), !sharedHeadersNormalized && protectedHeader !== void 0 && (protectedHeader = serializeJoseHeader(JWEInvalid, protectedHeader)[0], input[1] = protectedHeader), unprotectedHeader !== void 0 && (unprotectedHeader = serializeJoseHeader(JWEInvalid, unprotectedHeader)[0], input[2] = unprotectedHeader), !sharedHeadersNormalized && sharedUnprotectedHeader !== void 0 && (sharedUnprotectedHeader = serializeJoseHeader(JWEInvalid, sharedUnprotectedHeader)[0], input[3] = sharedUnprotectedHeader), keyManagementParameters !== void 0 && !isObject(keyManagementParameters))
    throw new TypeError("JWE Key Management Parameters must be an object");
  checkDisjoint(protectedHeader, unprotectedHeader, sharedUnprotectedHeader);
  const joseHeader = {
    ...protectedHeader,
    ...unprotectedHeader,
    ...sharedUnprotectedHeader
  };
  validateCritDuplicates(JWEInvalid, protectedHeader), validateCrit(JWEInvalid, JWE_RECOGNIZED, crit, protectedHeader, joseHeader), validateZip(joseHeader, protectedHeader);
  const { alg, enc } = joseHeader;
  if (typeof alg != "string" || !alg)
    throw new JWEInvalid('JWE "alg" (Algorithm) Header Parameter missing or invalid');
  const algEntry = JWE[alg];
  if (algEntry?.mode === "integrated-encryption") {
    if (enc !== void 0)
      throw new JWEInvalid('JWE "enc" (Encryption Algorithm) Header Parameter must not be present for integrated encryption');
    if (cek !== void 0)
      throw new TypeError(`setContentEncryptionKey cannot be called with JWE "alg" (Algorithm) Header ${alg}`);
    if (iv !== void 0)
      throw new TypeError(`setInitializationVector cannot be called with JWE "alg" (Algorithm) Header ${alg}`);
    return [joseHeader, void 0, algEntry];
  }
  if (typeof enc != "string" || !enc)
    throw new JWEInvalid('JWE "enc" (Encryption Algorithm) Header Parameter missing or invalid');
  return [joseHeader, jweEncryption(enc), algEntry];
}
async function encryptJWE(input, checked, key) {
  const [joseHeader, encEntry, selected] = checked, [inputPlaintext, inputProtectedHeader, inputUnprotectedHeader, sharedUnprotectedHeader, aad, providedCek, inputIv, keyManagementParameters, , unprotectedParameters] = input;
  let protectedHeader = inputProtectedHeader, unprotectedHeader = inputUnprotectedHeader;
  const algEntry = selected ?? jweAlgorithm(joseHeader.alg);
  let encryptedKey, parameters, cek;
  algEntry.mode === "integrated-encryption" ? cek = await prepareKey(algEntry, key, "encrypt") : [cek, encryptedKey, parameters] = await encryptKeyManagement(algEntry, encEntry, key, joseHeader, providedCek, keyManagementParameters), parameters && (unprotectedParameters ? unprotectedHeader = unprotectedHeader ? { ...unprotectedHeader, ...parameters } : parameters : protectedHeader = protectedHeader ? { ...protectedHeader, ...parameters } : parameters, checkDisjoint(protectedHeader, unprotectedHeader, sharedUnprotectedHeader));
  const encodedProtectedHeader = protectedHeader ? encode2(JSON.stringify(protectedHeader)) : "", encodedAad = aad?.byteLength ? encode2(aad) : void 0, additionalAuthenticatedData = encode(encodedAad ? `${encodedProtectedHeader}.${encodedAad}` : encodedProtectedHeader);
  let plaintext = inputPlaintext;
  joseHeader.zip === "DEF" && (plaintext = await compress(plaintext).catch((cause) => {
    throw cause instanceof JOSENotSupported ? cause : new JWEInvalid("Failed to compress plaintext", { cause });
  }));
  let ciphertext, tag2, iv;
  algEntry.mode === "integrated-encryption" ? [encryptedKey, ciphertext] = await algEntry.encrypt(cek, plaintext, additionalAuthenticatedData, protectedHeader, joseHeader, keyManagementParameters) : { ciphertext, tag: tag2, iv } = await encrypt(encEntry, plaintext, cek, inputIv, additionalAuthenticatedData);
  const jwe = {
    ciphertext: encode2(ciphertext)
  };
  return iv && (jwe.iv = encode2(iv)), tag2 && (jwe.tag = encode2(tag2)), encryptedKey?.byteLength && (jwe.encrypted_key = encode2(encryptedKey)), encodedAad && (jwe.aad = encodedAad), protectedHeader && (jwe.protected = encodedProtectedHeader), sharedUnprotectedHeader && (jwe.unprotected = sharedUnprotectedHeader), unprotectedHeader && (jwe.header = unprotectedHeader), jwe;
}
async function createJWE(input, key, options) {
  return encryptJWE(input, checkEncryptHeaders(input, options), key);
}
function compactJWE(jwe) {
  return [jwe.protected, jwe.encrypted_key, jwe.iv, jwe.ciphertext, jwe.tag].join(".");
}
var init_jwe_encrypt = __esm({
  "node_modules/jose/dist/webapi/lib/jwe_encrypt.js"() {
    init_base64url();
    init_content_encryption();
    init_key_management();
    init_errors2();
    init_validate();
    init_buffer_utils();
    init_key();
    init_jwe_algorithms();
    init_deflate();
  }
});

// node_modules/jose/dist/webapi/jwe/compact/encrypt.js
var CompactEncrypt;
var init_encrypt = __esm({
  "node_modules/jose/dist/webapi/jwe/compact/encrypt.js"() {
    init_validate();
    init_jwe_encrypt();
    CompactEncrypt = class {
      #input;
      constructor(plaintext) {
        assertUint8Array(plaintext, "plaintext"), this.#input = [plaintext];
      }
      setContentEncryptionKey(cek) {
        return assertNotSet(this.#input[5], "setContentEncryptionKey"), this.#input[5] = cek, this;
      }
      setInitializationVector(iv) {
        return assertNotSet(this.#input[6], "setInitializationVector"), this.#input[6] = iv, this;
      }
      setProtectedHeader(protectedHeader) {
        return assertNotSet(this.#input[1], "setProtectedHeader"), this.#input[1] = protectedHeader, this;
      }
      setKeyManagementParameters(parameters) {
        return assertNotSet(this.#input[7], "setKeyManagementParameters"), this.#input[7] = parameters, this;
      }
      async encrypt(key, options) {
        return compactJWE(await createJWE([...this.#input], key, options));
      }
    };
  }
});

// src/credentials/sealed-token.ts
function parseSealKey(text3) {
  const bytes = /^[0-9a-f]{64}$/i.test(text3) ? Buffer.from(text3, "hex") : decodeBase64(text3);
  if (bytes?.length === SEAL_KEY_BYTES) return bytes;
  throw new ActionError("INPUT_INVALID", "`seal-key` must be 32 random bytes, as base64 or hex.", {
    remedy: "Create one with `openssl rand -base64 32`.",
    inputs: ["seal-key"]
  });
}
async function sealToken(payload, options) {
  const text3 = Buffer.from(JSON.stringify(payload));
  const padded = Buffer.alloc(Math.ceil(text3.length / PADDING_BYTES) * PADDING_BYTES, " ");
  text3.copy(padded);
  return await new CompactEncrypt(padded).setProtectedHeader({ ...HEADER, kid: options.sealKey.kind }).encrypt(deriveKey2(options));
}
function deriveKey2({ sealKey, scope: { repository, runId } }) {
  const secret = sealKey.kind === "seal-key" ? sealKey.bytes : toPkcs8Der(sealKey.privateKey);
  const info = JSON.stringify(["sprinklr-token/sealed-token", VERSION, repository, runId]);
  return new Uint8Array((0, import_node_crypto8.hkdfSync)("sha256", secret, "", info, 32));
}
var import_node_crypto8, VERSION, HEADER, SEAL_KEY_BYTES, PADDING_BYTES;
var init_sealed_token = __esm({
  "src/credentials/sealed-token.ts"() {
    "use strict";
    import_node_crypto8 = require("node:crypto");
    init_encrypt();
    init_errors();
    init_pem();
    init_private_key();
    VERSION = 1;
    HEADER = { alg: "dir", enc: "A256GCM", typ: "sealed-token", ver: VERSION };
    SEAL_KEY_BYTES = 32;
    PADDING_BYTES = 2048;
  }
});

// src/sprinklr/app-id.ts
function parseAppId(text3) {
  const unescaped = text3.trim().replace(/\\u003d/gi, "=");
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(unescaped)) {
    throw new ActionError(
      "INPUT_INVALID",
      "`app-id` is not an App ID: it contains characters that base64 does not have.",
      {
        remedy: 'Paste the value of "data" from the registration response, without quotes. It usually starts with eyJ.',
        inputs: ["app-id"]
      }
    );
  }
  return unescaped;
}
function decodeAppId(appId) {
  try {
    const claims = JSON.parse(Buffer.from(appId, "base64").toString("utf8"));
    if (typeof claims !== "object" || claims === null) return void 0;
    const { pId, tId } = claims;
    return {
      ...typeof pId === "number" && { partnerId: pId },
      ...typeof tId === "number" && !Number.isNaN(new Date(tId).valueOf()) && { registeredAt: new Date(tId) }
    };
  } catch {
    return void 0;
  }
}
var init_app_id = __esm({
  "src/sprinklr/app-id.ts"() {
    "use strict";
    init_errors();
  }
});

// src/request/parsers.ts
function optional(parse) {
  return (text3, options) => text3 === "" ? void 0 : parse(text3, options);
}
function choice(...choices) {
  return (text3, options) => {
    const found = choices.find((candidate) => candidate === text3.toLowerCase());
    if (found === void 0)
      throw invalid3(options, `must be ${choices.map((name) => `\`${name}\``).join(" or ")}`);
    return found;
  };
}
function integer(minimum, maximum) {
  return (text3, options) => {
    const value = /^\d+$/.test(text3) ? Number(text3) : NaN;
    if (!(value >= minimum && value <= maximum))
      throw invalid3(options, `must be a whole number from ${minimum} to ${maximum}`);
    return value;
  };
}
function requireNoQuotes(text3, options) {
  if (/^["'`\u2018\u201c].*["'`\u2019\u201d]$/s.test(text3))
    throw invalid3(options, "must not be wrapped in quotes. They would be sent as part of the value");
}
function invalid3({ name }, rule) {
  return new ActionError("INPUT_INVALID", `\`${name}\` ${rule}.`, { remedy: "", inputs: [name] });
}
var line, asciiWord, urlText, trueOrFalse, flag, idList;
var init_parsers = __esm({
  "src/request/parsers.ts"() {
    "use strict";
    init_errors();
    line = (text3, options) => {
      requireNoQuotes(text3, options);
      if (!/^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(text3))
        throw invalid3(options, "must be one line without control characters");
      return text3;
    };
    asciiWord = (text3, options) => {
      requireNoQuotes(text3, options);
      if (!/^[\x21-\x7e]+$/.test(text3))
        throw invalid3(options, "must be printable ASCII characters without spaces or line breaks");
      return text3;
    };
    urlText = (text3, options) => {
      line(text3, options);
      if (!URL.canParse(text3)) throw invalid3(options, "must be a URL such as https://www.example.com/callback");
      return text3;
    };
    trueOrFalse = choice("true", "false");
    flag = (text3, options) => trueOrFalse(text3, options) === "true";
    idList = (text3, options) => {
      const ids = text3.split(/[\s,]+/).filter((id) => id !== "");
      if (!ids.every((id) => /^\d+$/.test(id)))
        throw invalid3(options, "must be numeric ids, separated by commas or line breaks");
      return ids;
    };
  }
});

// src/request/schema.ts
function definitionOf(name) {
  return INPUTS[name];
}
var MODES, BOTH, ACTION, text, INPUTS, INPUT_NAMES;
var init_schema = __esm({
  "src/request/schema.ts"() {
    "use strict";
    init_certificate();
    init_private_key();
    init_sealed_token();
    init_app_id();
    init_authorization_code();
    init_gateway();
    init_parsers();
    MODES = ["token", "register", "unseal"];
    BOTH = ["action", "cli"];
    ACTION = ["action"];
    text = (value) => value;
    INPUTS = {
      mode: {
        description: "`token` requests an access token; `register` uploads the certificate once and outputs the App ID; `unseal` decrypts a token that another job of the same run sealed.",
        group: "Credentials",
        default: "token",
        frontEnds: ACTION,
        parse: choice(...MODES)
      },
      "private-key": {
        description: "Private key of the registered certificate: base64 of `server.der` (PKCS#8 DER). PEM text, PKCS#1, and base64 of either also work. In `register`, the certificate is checked against it.",
        group: "Credentials",
        secret: true,
        frontEnds: BOTH,
        requiredIn: ["token"],
        parse: (value, { name, read }) => requireRs256(
          parsePrivateKey({ value, passphrase: read("private-key-passphrase").trim(), input: name }),
          name
        )
      },
      "private-key-passphrase": {
        description: "Passphrase of the private key, if it is encrypted.",
        group: "Credentials",
        secret: true,
        frontEnds: BOTH,
        parse: text
      },
      "app-id": {
        description: "App ID from registration. A literal `\\u003d` in it is read as `=`.",
        group: "Credentials",
        frontEnds: BOTH,
        requiredIn: ["token"],
        parse: parseAppId
      },
      username: {
        description: "Login username of the Sprinklr user that the token acts as.",
        group: "Credentials",
        frontEnds: BOTH,
        requiredIn: ["token"],
        parse: line
      },
      audience: {
        description: "Audience (`aud`) of the JWT.",
        group: "Credentials",
        default: "https://www.sprinklr.com/",
        frontEnds: BOTH,
        parse: line
      },
      "api-key": {
        description: "API key of the Sprinklr developer app.",
        group: "Credentials",
        secret: true,
        frontEnds: BOTH,
        requiredIn: ["token", "register"],
        parse: asciiWord
      },
      "api-secret": {
        description: "API secret of the Sprinklr developer app.",
        group: "Credentials",
        secret: true,
        frontEnds: BOTH,
        requiredIn: ["token"],
        parse: line
      },
      "redirect-uri": {
        description: "The app's callback URL, exactly as registered.",
        group: "Credentials",
        frontEnds: BOTH,
        requiredIn: ["token"],
        parse: urlText
      },
      environment: {
        description: "Sprinklr environment of your tenant, such as `prod2`. Empty or `prod` for the default production environment.",
        group: "Sprinklr endpoint",
        frontEnds: BOTH,
        parse: parseEnvironment
      },
      gateway: {
        description: "`api2` (the endpoints of Sprinklr's guide) or `api3` (the developer portal's newer ones).",
        group: "Sprinklr endpoint",
        default: "api2",
        frontEnds: BOTH,
        parse: choice(...GATEWAYS)
      },
      "base-url": {
        description: "Origin to use instead of the gateway's, for a simulator or a regional host. `https`, or `http` on a loopback address.",
        group: "Sprinklr endpoint",
        frontEnds: BOTH,
        parse: optional(parseBaseUrl)
      },
      certificate: {
        description: "X.509 certificate: PEM text, or base64 of PEM or DER. `register` uploads it. In `token`, it is optional, and checked against the private key and for expiry.",
        group: "Registration",
        frontEnds: BOTH,
        requiredIn: ["register"],
        parse: optional((value, { name }) => {
          const certificate = parseCertificate(value, name);
          requireRsa(certificate.x509.publicKey, name);
          return certificate;
        })
      },
      "certificate-warning-days": {
        description: "Warn if the certificate expires within this many days. An expired certificate fails the step.",
        group: "Checks",
        default: "30",
        frontEnds: BOTH,
        parse: integer(0, 3650)
      },
      "access-token": {
        description: "`register` only: an OAuth access token from the authorization code grant. Set this or `authorization-code`.",
        group: "Registration",
        secret: true,
        frontEnds: BOTH,
        parse: asciiWord
      },
      "authorization-code": {
        description: "`register` only: the one-time code from the browser consent, or the full URL that the browser was redirected to. Needs `api-secret` and `redirect-uri`.",
        group: "Registration",
        secret: true,
        frontEnds: BOTH,
        parse: parseAuthorizationCode
      },
      "assertion-lifetime": {
        description: "Seconds until the JWT expires, 30 to 600.",
        group: "Network",
        default: "180",
        frontEnds: BOTH,
        parse: integer(30, 600)
      },
      "parameters-in": {
        description: "Where to send the exchange parameters: `query` (documented) or `body` (keeps them out of access logs).",
        group: "Sprinklr endpoint",
        default: "query",
        frontEnds: BOTH,
        parse: choice("query", "body")
      },
      verify: {
        description: "After the exchange, call `/api/v2/me` to confirm whose token it is.",
        group: "Checks",
        default: "false",
        frontEnds: BOTH,
        parse: flag
      },
      "allowed-workspace-ids": {
        description: "Workspace IDs, separated by commas or line breaks. Implies `verify`. A token for any other workspace fails the step and is not output.",
        group: "Checks",
        frontEnds: BOTH,
        parse: idList
      },
      seal: {
        description: "Also output `sealed-token`, which other jobs of the same run decrypt with `unseal`.",
        group: "Sealing",
        default: "false",
        frontEnds: ACTION,
        parse: flag
      },
      "seal-key": {
        description: "Dedicated key for sealing and unsealing: 32 random bytes, as base64 or hex. If empty, the key is derived from `private-key`.",
        group: "Sealing",
        secret: true,
        frontEnds: ACTION,
        parse: optional(parseSealKey)
      },
      "sealed-token": {
        description: "`unseal` only: the `sealed-token` output of another job of this run.",
        group: "Sealing",
        frontEnds: ACTION,
        requiredIn: ["unseal"],
        parse: text
      },
      "export-env": {
        description: "Also set `SPRINKLR_ACCESS_TOKEN`, `SPRINKLR_API_KEY`, and `SPRINKLR_API_URL` for later steps of the job.",
        group: "Output",
        default: "false",
        frontEnds: ACTION,
        parse: flag
      },
      "max-attempts": {
        description: "Maximum attempts per call, 1 to 10.",
        group: "Network",
        default: "4",
        frontEnds: BOTH,
        parse: integer(1, 10)
      },
      "timeout-seconds": {
        description: "Time limit for all of the step's network activity, including waits, 5 to 600.",
        group: "Network",
        default: "60",
        frontEnds: BOTH,
        parse: integer(5, 600)
      },
      "mtls-certificate": {
        description: "Client certificate for an app with mutual TLS: PEM, or base64 of it.",
        group: "Network",
        frontEnds: BOTH,
        parse: optional((value, { name }) => parseCertificateChain(value, name))
      },
      "mtls-private-key": {
        description: "Private key of the client certificate: PEM, or base64 of it.",
        group: "Network",
        secret: true,
        frontEnds: BOTH,
        parse: optional(
          (value, { name, read }) => parsePrivateKey({ value, passphrase: read("mtls-passphrase").trim(), input: name })
        )
      },
      "mtls-passphrase": {
        description: "Passphrase of `mtls-private-key`, if it is encrypted.",
        group: "Network",
        secret: true,
        frontEnds: BOTH,
        parse: text
      },
      "job-summary": {
        description: "Write a short table to the job summary.",
        group: "Output",
        default: "true",
        frontEnds: ACTION,
        parse: flag
      },
      "strategy-job-total": {
        description: "Filled in by the runner, to warn about a matrix whose jobs would invalidate each other's token. Don't set it.",
        group: "Output",
        default: "${{ strategy.job-total }}",
        frontEnds: ACTION,
        // Some runners leave it unevaluated; then it is not a number above 1.
        parse: (value) => Number(value) || 1
      }
    };
    INPUT_NAMES = Object.keys(INPUTS);
  }
});

// src/request/parse.ts
function inputText(name, read) {
  return read(name).trim() || (definitionOf(name).default ?? "");
}
function parseInput(name, read) {
  return INPUTS[name].parse(inputText(name, read), { name, read });
}
function parseTokenRequest(read, options) {
  maskSecretInputs(read, options.secrets);
  requireInputsOf("token", read);
  return {
    mode: "token",
    appId: parseInput("app-id", read),
    username: parseInput("username", read),
    audience: parseInput("audience", read),
    app: parseDeveloperApp(read),
    gateway: parseGateway(read),
    assertionLifetime: parseInput("assertion-lifetime", read),
    parametersIn: parseInput("parameters-in", read),
    certificateWarningDays: parseInput("certificate-warning-days", read),
    http: parseHttpOptions(read, options.secrets),
    privateKey: maskKey(parseInput("private-key", read), options.secrets),
    certificate: parsePublicInput("certificate", read, options.secrets),
    verify: parseVerification(read),
    seal: parseInput("seal", read) ? parseSealing(read, options) : void 0
  };
}
function parseGateway(read) {
  return createGateway({
    gateway: parseInput("gateway", read),
    environment: parseInput("environment", read),
    baseUrl: parseInput("base-url", read)
  });
}
function parseDeveloperApp(read) {
  return {
    apiKey: parseInput("api-key", read),
    apiSecret: parseInput("api-secret", read),
    redirectUri: parseInput("redirect-uri", read)
  };
}
function parseVerification(read) {
  const allowedWorkspaceIds = parseInput("allowed-workspace-ids", read);
  return parseInput("verify", read) || allowedWorkspaceIds.length > 0 ? { allowedWorkspaceIds } : void 0;
}
function parseSealing(read, { secrets, sealScope }) {
  const bytes = parseInput("seal-key", read);
  if (bytes === void 0 && !isSet("private-key", read)) {
    throw new ActionError("INPUT_MISSING", "`seal-key` and `private-key` are both empty.", {
      remedy: "Set one of them: the key that the job that seals uses, too.",
      inputs: ["seal-key", "private-key"]
    });
  }
  const sealKey = bytes === void 0 ? { kind: "private-key", privateKey: maskKey(parseInput("private-key", read), secrets) } : { kind: "seal-key", bytes };
  return { sealKey, scope: sealScope() };
}
function parseHttpOptions(read, secrets) {
  return {
    timeoutSeconds: parseInput("timeout-seconds", read),
    maxAttempts: parseInput("max-attempts", read),
    clientCertificate: parseClientCertificate(read, secrets)
  };
}
function parseClientCertificate(read, secrets) {
  const names = ["mtls-certificate", "mtls-private-key"];
  if (!names.some((name) => isSet(name, read))) return void 0;
  requireInputs(read, names);
  const key = parseInput("mtls-private-key", read);
  const cert = parsePublicInput("mtls-certificate", read, secrets);
  if (key === void 0 || cert === void 0) throw missing(names);
  return { cert, key: maskKey(key, secrets).export({ format: "pem", type: "pkcs8" }).toString() };
}
function requireInputsOf(mode, read) {
  const required = INPUT_NAMES.filter((name) => definitionOf(name).requiredIn?.includes(mode) === true);
  requireInputs(read, required);
}
function requireInputs(read, names) {
  const empty = names.filter((name) => !isSet(name, read));
  if (empty.length > 0) throw missing(empty);
}
function missing(inputs) {
  const names = inputs.map((name) => `\`${name}\``).join(", ");
  return new ActionError("INPUT_MISSING", `${names} ${inputs.length === 1 ? "is" : "are"} empty.`, {
    remedy: "",
    inputs
  });
}
function isSet(name, read) {
  return inputText(name, read) !== "";
}
function maskSecretInputs(read, secrets) {
  for (const name of INPUT_NAMES) {
    if (definitionOf(name).secret === true) secrets.mask(read(name).trim());
  }
  if (read("certificate").includes("PRIVATE KEY")) secrets.mask(read("certificate").trim());
}
function maskKey(key, secrets) {
  const base64 = toPkcs8Der(key).toString("base64");
  secrets.mask(base64);
  secrets.mask(base64.replace(/.{64}/g, "$&\n"));
  return key;
}
function parsePublicInput(name, read, secrets) {
  try {
    return parseInput(name, read);
  } catch (error) {
    if (error instanceof ActionError && error.code === "CERTIFICATE_IS_PRIVATE_KEY")
      secrets.mask(read(name).trim());
    throw error;
  }
}
var init_parse = __esm({
  "src/request/parse.ts"() {
    "use strict";
    init_private_key();
    init_errors();
    init_gateway();
    init_schema();
  }
});

// src/cli/doctor/check.ts
function isWrong({ status }) {
  return status === "wrong";
}
function refused(name, error) {
  return {
    name,
    status: "wrong",
    found: error.message,
    ...error.remedy !== "" && { remedy: error.remedy },
    ...error instanceof ActionError && { code: error.code }
  };
}
function attempt(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
}
var init_check = __esm({
  "src/cli/doctor/check.ts"() {
    "use strict";
    init_errors();
  }
});

// src/cli/doctor/values.ts
function variableOf(name) {
  return `SPRINKLR_${name.toUpperCase().replaceAll("-", "_")}`;
}
function valueOf({ given }, name) {
  const text3 = given.get(name)?.text.trim() ?? "";
  return text3 === "" && Object.hasOwn(INPUTS, name) ? definitionOf(name).default ?? "" : text3;
}
async function gatherValues(flags) {
  requireNoSecrets(flags);
  requireOneStandardInput(flags);
  const given = /* @__PURE__ */ new Map();
  const unreadable = /* @__PURE__ */ new Map();
  for (const name of PUBLIC) {
    const value = asGiven(flags[name], `--${name}`) ?? fromVariable(name);
    if (value !== void 0) given.set(name, value);
  }
  for (const [name, flag2] of fileFlags()) {
    try {
      const path = flags[flag2];
      const value = typeof path === "string" ? await fromFile(path, name) : fromVariable(name);
      if (value !== void 0) given.set(name, value);
    } catch (error) {
      if (!(error instanceof DeskError)) throw error;
      unreadable.set(name, error);
    }
  }
  return { given, unreadable };
}
function readsStandardInput(flags) {
  return fileFlags().some(([, flag2]) => flags[flag2] === "-");
}
function fileFlags() {
  return [
    ...FILES.map((name) => [name, name]),
    ...SECRETS.map((name) => [name, `${name}-file`])
  ];
}
function requireNoSecrets(flags) {
  const name = SECRET_INPUTS.find((secret) => flags[secret] !== void 0);
  if (name === void 0) return;
  const taken = SECRETS.some((secret) => secret === name);
  throw usageError(
    `--${name} is not taken on the command line: it would stay in the shell's history, and every process of this machine could read it.`,
    taken ? `Name a file with --${name}-file (- for standard input), or set the variable ${variableOf(name)}. What was typed just now is in the history already: remove it there.` : "doctor does not need it: leave it away. What was typed just now is in the history already: remove it there."
  );
}
function requireOneStandardInput(flags) {
  const readers = fileFlags().flatMap(([, flag2]) => flags[flag2] === "-" ? [`--${flag2}`] : []);
  if (readers.length < 2) return;
  throw usageError(
    `${readers.join(" and ")} cannot all be standard input.`,
    "Give - once, and a file or a variable for the others."
  );
}
function asGiven(value, source) {
  return typeof value === "string" ? { text: value, source, isFile: false, isBinary: false } : void 0;
}
function fromVariable(name) {
  return asGiven(process.env[variableOf(name)], variableOf(name));
}
async function fromFile(path, name) {
  const source = path === "-" ? "standard input" : path;
  const bytes = path === "-" ? await (0, import_consumers3.buffer)(process.stdin) : readFile(path, `the ${name}`);
  if (bytes.toString("latin1").trim() === "") {
    throw new DeskError(
      `${path === "-" ? "Standard input" : path} is empty, where the ${name} should be.`,
      "Check the path, or what is piped in."
    );
  }
  const content = identifyDer(bytes) === void 0 && bytes[0] !== 255 ? decodeText(bytes) : void 0;
  return {
    text: content ?? bytes.toString("base64"),
    source,
    isFile: true,
    isBinary: content === void 0
  };
}
var import_consumers3, SECRET_INPUTS, PUBLIC, FILES, SECRETS, text2, VALUE_FLAGS;
var init_values = __esm({
  "src/cli/doctor/values.ts"() {
    "use strict";
    import_consumers3 = require("node:stream/consumers");
    init_schema();
    init_der();
    init_pem();
    init_command();
    init_files();
    SECRET_INPUTS = INPUT_NAMES.filter((name) => definitionOf(name).secret);
    PUBLIC = [
      "app-id",
      "username",
      "redirect-uri",
      "environment",
      "gateway",
      "base-url",
      "audience",
      "assertion-lifetime",
      "parameters-in",
      "certificate-warning-days",
      "timeout-seconds"
    ];
    FILES = ["certificate", "mtls-certificate"];
    SECRETS = [
      "private-key",
      "private-key-passphrase",
      "api-key",
      "api-secret",
      "mtls-private-key",
      "mtls-passphrase"
    ];
    text2 = { type: "string" };
    VALUE_FLAGS = Object.fromEntries(
      [
        ...PUBLIC,
        ...FILES,
        ...SECRETS.map((name) => `${name}-file`),
        // Known only to be refused with a reason.
        ...SECRET_INPUTS
      ].map((name) => [name, text2])
    );
  }
});

// src/cli/doctor/action-reader.ts
function createActionReader(values) {
  return (...names) => {
    for (const name of names) {
      const result = attempt(() => parseInput(name, (input) => valueOf(values, input)));
      if (result instanceof Error) return result;
    }
    return void 0;
  };
}
function readTokenRequest(values, secrets) {
  return parseTokenRequest((name) => valueOf(values, name), {
    secrets,
    sealScope: () => {
      throw new Error("The command line does not seal.");
    }
  });
}
var init_action_reader = __esm({
  "src/cli/doctor/action-reader.ts"() {
    "use strict";
    init_parse();
    init_check();
    init_values();
  }
});

// src/cli/doctor/rules.ts
function isAppId(text3) {
  const appId = attempt(() => parseAppId(text3));
  const claims = appId instanceof Error ? void 0 : decodeAppId(appId);
  return claims?.partnerId !== void 0 || claims?.registeredAt !== void 0;
}
var KEY_AND_SECRET, EXACT, LINES, EVERYWHERE, KEYS, APP_ID, NAMES, RULES;
var init_rules = __esm({
  "src/cli/doctor/rules.ts"() {
    "use strict";
    init_key_problems();
    init_private_key();
    init_app_id();
    init_check();
    init_values();
    KEY_AND_SECRET = ["api-key", "api-secret"];
    EXACT = [...KEY_AND_SECRET, "app-id", "username", "redirect-uri", "audience", "base-url"];
    LINES = [...EXACT, "environment"];
    EVERYWHERE = [
      {
        inputs: EXACT,
        // The last line end of a file belongs to the file.
        applies: (text3, given) => text3 !== (given.isFile ? given.text.replace(/\r?\n$/, "") : given.text),
        status: "warning",
        found: "A space or line end comes with it; the action drops that, other programs send it along.",
        remedy: "Store it without (`printf %s`, not `echo`)."
      },
      {
        inputs: LINES,
        applies: (text3) => /^["'`\u2018\u201c].*["'`\u2019\u201d]$/s.test(text3),
        status: "wrong",
        found: "It is in quotes, and they are taken for a part of it.",
        remedy: "Take the quotes away."
      },
      {
        inputs: EXACT,
        applies: (text3) => /^\{[^{}]*\}$/.test(text3),
        status: "wrong",
        found: "It is in braces, which mark what an example leaves to fill in.",
        remedy: "Take the braces away."
      },
      {
        inputs: LINES,
        applies: (text3) => recognizeText(text3) === "placeholder" && /[^A-Z0-9_]/.test(text3),
        status: "wrong",
        found: "It is a placeholder that nothing was put in for.",
        remedy: "Give the value itself. Only a workflow fills in ${{ \u2026 }}, only a shell $NAME."
      },
      {
        inputs: KEY_AND_SECRET,
        applies: (text3) => /^[A-Z0-9]+(_[A-Z0-9]+)+$/.test(text3),
        status: "warning",
        found: "It looks like the name of a variable or secret.",
        remedy: "Give the value that is stored under that name."
      },
      {
        inputs: LINES,
        applies: (text3) => describePrivateKey(text3) !== void 0,
        status: "wrong",
        found: "It is a private key.",
        remedy: "A private key belongs in private-key alone. If others could see this value, make a new key pair."
      }
    ];
    KEYS = [
      {
        inputs: KEY_AND_SECRET,
        applies: isAppId,
        status: "wrong",
        found: "It decodes to what an App ID holds.",
        remedy: "The App ID belongs in app-id; key and secret are on the page of the Sprinklr developer app."
      },
      {
        inputs: KEY_AND_SECRET,
        applies: (text3, _, values) => text3 === valueOf(values, "app-id"),
        status: "wrong",
        found: "It is the same as app-id.",
        remedy: "They are different things: copy each once more."
      },
      {
        inputs: ["api-secret"],
        applies: (text3, _, values) => text3 === valueOf(values, "api-key"),
        status: "wrong",
        found: "It is the same as api-key.",
        remedy: "Copy both once more from the page of the Sprinklr developer app."
      },
      {
        inputs: ["api-secret"],
        applies: (text3) => /[\s\p{Z}]|[^\p{ASCII}]/u.test(text3),
        status: "warning",
        found: "It has a space or a character outside ASCII in it.",
        remedy: "Copy it once more from the page of the Sprinklr developer app."
      }
    ];
    APP_ID = [
      {
        inputs: ["app-id"],
        applies: (text3) => /\\u003d/i.test(text3),
        status: "ok",
        found: "It was escaped (\\u003d), which is read as =."
      },
      {
        inputs: ["app-id"],
        applies: (text3) => /%3d/i.test(text3),
        status: "wrong",
        found: "It is percent-encoded.",
        remedy: "Write = where it has %3D."
      },
      {
        inputs: ["app-id"],
        applies: (text3) => !isAppId(text3),
        status: "warning",
        found: "It does not decode to the JSON that App IDs hold: it may be an API key, or damaged.",
        remedy: 'Give the value of "data" in the answer of the registration; it usually starts with eyJ.'
      },
      {
        inputs: ["app-id"],
        applies: (text3) => isAppId(text3) && text3.replace(/\\u003d/gi, "=").length % 4 !== 0,
        status: "warning",
        found: "Its length is not a multiple of four, so it lost characters: = signs at the end, as a rule.",
        remedy: "Copy all of it; a double click stops before the = signs."
      }
    ];
    NAMES = [
      {
        inputs: ["username", "environment", "audience", "redirect-uri"],
        applies: (text3, _, values) => KEY_AND_SECRET.some((name) => valueOf(values, name) === text3),
        status: "wrong",
        found: "It is the same as api-key or api-secret.",
        remedy: "Give each its own value. What is given here is shown in logs: if that is the secret, make a new one."
      },
      {
        inputs: ["username"],
        applies: (text3) => /[\s\p{Z}]/u.test(text3),
        status: "warning",
        found: "It has a space in it, as names have and logins have not.",
        remedy: "Give what the user types to log in to Sprinklr."
      },
      {
        inputs: ["username"],
        applies: (text3) => /^\d+$/.test(text3),
        status: "warning",
        found: "It is a number, as user ids are.",
        remedy: "Give what the user types to log in to Sprinklr."
      },
      {
        inputs: ["audience"],
        applies: (text3) => text3 !== "https://www.sprinklr.com/",
        status: "warning",
        found: "The documented audience is https://www.sprinklr.com/ (with the final slash).",
        remedy: "Leave audience away."
      },
      {
        inputs: ["base-url"],
        applies: (text3, _, values) => /\/\/api[23]\.sprinklr\.com/i.test(text3) && !text3.toLowerCase().includes(valueOf(values, "gateway").toLowerCase()),
        status: "warning",
        found: "It is the host of the other gateway; the paths stay those of the gateway that is set.",
        remedy: "Leave base-url away, and set gateway."
      },
      {
        inputs: ["environment"],
        applies: (text3) => /[./:]/.test(text3),
        status: "wrong",
        found: "It looks like an address.",
        remedy: "Give the name alone, such as prod2."
      },
      {
        inputs: ["environment"],
        applies: (text3) => /^\{*\s*(production|sandbox|staging|test|dev|default|api[23])\s*\}*$/i.test(text3),
        status: "warning",
        found: "No Sprinklr environment with this name is documented: they are called prod, prod2, prod4, \u2026",
        remedy: 'To find yours, search the page source of the Sprinklr UI for "sentry-environment".'
      }
    ];
    RULES = [...EVERYWHERE, ...KEYS, ...APP_ID, ...NAMES];
  }
});

// src/cli/doctor/addresses.ts
function readGateway({ values, action }) {
  if (action("gateway", "environment", "base-url") !== void 0) return void 0;
  const chosen = valueOf(values, "gateway").toLowerCase();
  const baseUrl = valueOf(values, "base-url");
  return createGateway({
    gateway: GATEWAYS.find((name) => name === chosen) ?? "api2",
    environment: parseEnvironment(valueOf(values, "environment")),
    ...baseUrl !== "" && { baseUrl: parseBaseUrl(baseUrl) }
  });
}
function listAddresses(gateway, { values, show }) {
  if (gateway === void 0) {
    const found = "Unknown, as they follow from gateway, environment and base-url.";
    return [{ name: "addresses", status: "skipped", found }];
  }
  const text3 = valueOf(values, "app-id");
  const appId = isAppId(text3) ? parseAppId(text3) : "APP-ID";
  return [
    { name: "API address", status: "ok", found: show(gateway.apiUrl) },
    { name: "register address", status: "ok", found: `POST ${show(gateway.registrationEndpoint.href)}` },
    { name: "exchange address", status: "ok", found: `POST ${show(gateway.exchangeEndpoint(appId).href)}` }
  ];
}
var init_addresses = __esm({
  "src/cli/doctor/addresses.ts"() {
    "use strict";
    init_app_id();
    init_gateway();
    init_rules();
    init_values();
  }
});

// src/cli/doctor/redirect-uri-rules.ts
function aboutAddress(applies, found) {
  return {
    inputs: ["redirect-uri"],
    applies: (text3) => URL.canParse(text3) && applies(new URL(text3), text3),
    status: "warning",
    found,
    remedy: "Compare it with the callback URL of the Sprinklr developer app, to the letter."
  };
}
var REDIRECT_URI;
var init_redirect_uri_rules = __esm({
  "src/cli/doctor/redirect-uri-rules.ts"() {
    "use strict";
    init_gateway();
    REDIRECT_URI = [
      {
        inputs: ["redirect-uri"],
        applies: (text3) => /%3a%2f%2f/i.test(text3),
        status: "wrong",
        found: "It is percent-encoded, and would be so once more.",
        remedy: "Give it as a browser shows it: https://\u2026"
      },
      aboutAddress(
        ({ protocol, hostname }) => protocol === "http:" && !isLoopback(hostname),
        "It is http, and callback URLs are https as a rule."
      ),
      aboutAddress(
        ({ protocol }) => protocol !== "http:" && protocol !== "https:",
        "It does not start with https://."
      ),
      aboutAddress(
        (_, text3) => /^[^/]*:\/\/[^/?#]*[A-Z]|^[^:/]*[A-Z]/.test(text3),
        "It has upper-case letters before the path, which browsers make lower case and Sprinklr may not."
      ),
      aboutAddress(
        ({ protocol }, text3) => (protocol === "http:" ? /^[^/]+:\/\/[^/?#]*:80(?!\d)/ : /^[^/]+:\/\/[^/?#]*:443(?!\d)/).test(text3),
        "It names the default port, which browsers leave out and Sprinklr may not."
      ),
      aboutAddress(
        (_, text3) => text3.includes("#"),
        "It has a fragment (#\u2026), which a callback URL must not have (RFC 6749 \xA73.1.2)."
      ),
      aboutAddress(
        ({ searchParams }) => searchParams.has("code") || searchParams.has("error"),
        "It is an address that a browser landed on after a consent, with the answer still in it."
      )
    ];
  }
});

// src/cli/doctor/slips.ts
function slipsIn(name, given, values) {
  const text3 = given.text.trim();
  if (text3 === "") return [];
  return [...RULES, ...REDIRECT_URI].filter(
    (rule) => rule.inputs.includes(name) && rule.applies(text3, given, values)
  );
}
var init_slips = __esm({
  "src/cli/doctor/slips.ts"() {
    "use strict";
    init_redirect_uri_rules();
    init_rules();
  }
});

// src/cli/doctor/inputs.ts
function checkInputs(subject) {
  return INPUTS2.flatMap(([name, describe]) => checkInput(name, describe, subject));
}
function checkInput(name, describe, subject) {
  const { values, action } = subject;
  const unreadable = values.unreadable.get(name);
  if (unreadable !== void 0) return [unread(name, unreadable, subject)];
  const given = values.given.get(name);
  if (given === void 0) return absent(name);
  const refusal = action(name);
  const slips = slipsIn(name, given, values).filter(({ status }) => !refusal || status !== "warning");
  const text3 = valueOf(values, name);
  const start = refusal === void 0 ? [describe(text3, subject)] : [refusal.message];
  const remedies = [...slips.map(({ remedy: remedy2 = "" }) => remedy2), refusal?.remedy ?? ""];
  const remedy = [...new Set(remedies)].filter((words) => words !== "").join(" ");
  return [
    {
      name,
      status: worst([refusal === void 0 ? "ok" : "wrong", ...slips.map(({ status }) => status)]),
      found: [...start, ...slips.map(({ found }) => found), from(given, subject)].join(" "),
      ...remedy !== "" && { remedy },
      ...refusal !== void 0 && { code: refusal.code }
    }
  ];
}
function unread(name, error, { show }) {
  return { ...refused(name, error), found: show(error.message) };
}
function from({ source, text: text3 }, { show }) {
  return text3.trim() === "" ? `(${show(source)} is set, but empty)` : `(from ${show(source)})`;
}
function absent(name) {
  if (REQUIRED.includes(name)) {
    const flag2 = ["private-key", "api-key", "api-secret"].includes(name) ? `--${name}-file` : `--${name}`;
    return [{ name, status: "skipped", found: `Not given (${flag2} or ${variableOf(name)}).` }];
  }
  if (name === "environment") return [{ name, status: "ok", found: `Not given: ${DEFAULT_PRODUCTION}` }];
  if (name !== "audience" && name !== "gateway") return [];
  return [{ name, status: "ok", found: `${INPUTS[name].default} (the default).` }];
}
function worst(statuses) {
  return ORDER[Math.max(...statuses.map((status) => ORDER.indexOf(status)))] ?? "wrong";
}
function describeAppId(text3) {
  const { partnerId, registeredAt: registeredAt2 } = decodeAppId(parseAppId(text3)) ?? {};
  const facts = [
    partnerId === void 0 ? "" : `partner ${partnerId}`,
    registeredAt2 === void 0 ? "" : `registered ${registeredAt2.toISOString()}`
  ].filter((fact) => fact !== "");
  return facts.length === 0 ? `${text3.length} characters.` : `An App ID: ${facts.join(", ")}.`;
}
function describePlace(text3) {
  return text3.toLowerCase() === "body" ? "body, which is not documented for this call; if it is refused, go back to query." : "query, as documented.";
}
function describeRedirectUri(text3, { show }) {
  const slash = text3.replace(/[?#].*$/s, "").endsWith("/") ? "with" : "without";
  return `${show(text3)}, ${slash} a final slash; Sprinklr compares it to the letter with the one of the app.`;
}
function describeEnvironment(text3, { show }) {
  const name = parseEnvironment(text3);
  if (name === "") return `${text3 === "" ? "Empty" : show(text3)}: ${DEFAULT_PRODUCTION}`;
  return name === text3 ? `${name}.` : `Read as ${name}, given as ${show(text3)}.`;
}
var characters, itself, INPUTS2, REQUIRED, ORDER, DEFAULT_PRODUCTION;
var init_inputs = __esm({
  "src/cli/doctor/inputs.ts"() {
    "use strict";
    init_schema();
    init_app_id();
    init_gateway();
    init_check();
    init_slips();
    init_values();
    characters = (text3) => `${text3.length} characters.`;
    itself = (text3, { show }) => `${show(text3)}.`;
    INPUTS2 = [
      ["app-id", describeAppId],
      ["username", itself],
      ["audience", itself],
      ["api-key", characters],
      ["api-secret", characters],
      ["redirect-uri", describeRedirectUri],
      ["gateway", itself],
      ["environment", describeEnvironment],
      ["base-url", itself],
      ["assertion-lifetime", itself],
      ["parameters-in", describePlace],
      ["certificate-warning-days", itself],
      ["timeout-seconds", itself]
    ];
    REQUIRED = ["private-key", "app-id", "username", "api-key", "api-secret", "redirect-uri"];
    ORDER = ["ok", "skipped", "warning", "wrong"];
    DEFAULT_PRODUCTION = `the default production environment (prod), whose name is left out of addresses. Where the Sprinklr UI's page source names another under "sentry-environment", give that.`;
  }
});

// src/cli/doctor/client-certificate.ts
function checkClientCertificate({ values, action, show }, now) {
  const name = "mtls-certificate";
  const inputs = [name, "mtls-private-key", "mtls-passphrase"];
  const unreadable = inputs.flatMap((input) => values.unreadable.get(input) ?? []);
  if (unreadable.length > 0) return unreadable.map((error) => unread(name, error, { show }));
  if (!inputs.slice(0, 2).some((input) => values.given.has(input))) return [];
  const refusal = action(...inputs);
  if (refusal !== void 0) return [refused(name, refusal)];
  const certificate = new import_node_crypto9.X509Certificate(parseCertificateChain(valueOf(values, name), name));
  const key = parsePrivateKey({
    value: valueOf(values, "mtls-private-key"),
    passphrase: valueOf(values, "mtls-passphrase"),
    input: "mtls-private-key"
  });
  const expiresAt = new Date(certificate.validTo);
  const subject = show((certificate.subject ?? "").replaceAll("\n", ", "));
  if (!certificate.checkPrivateKey(key)) {
    return [
      {
        name,
        status: "wrong",
        found: `${subject} does not belong to mtls-private-key.`,
        remedy: "Give both files of one pair; in a file with several certificates, the own one has to be the first."
      }
    ];
  }
  const found = `${subject}, valid to ${expiresAt.toISOString()}; mtls-private-key belongs to it.`;
  if (expiresAt >= now) return [{ name, status: "ok", found }];
  return [
    {
      name,
      status: "wrong",
      found: `${subject} expired at ${expiresAt.toISOString()}.`,
      remedy: "Get a new client certificate from whoever issued it."
    }
  ];
}
var import_node_crypto9;
var init_client_certificate = __esm({
  "src/cli/doctor/client-certificate.ts"() {
    "use strict";
    import_node_crypto9 = require("node:crypto");
    init_certificate();
    init_private_key();
    init_check();
    init_inputs();
    init_values();
  }
});

// src/cli/doctor/clock.ts
function registeredAt(values) {
  const appId = attempt(() => parseAppId(valueOf(values, "app-id")));
  return appId instanceof Error ? void 0 : decodeAppId(appId)?.registeredAt;
}
function checkClock({ values, certificate }, now) {
  const name = "clock";
  const happened = [
    ["the certificate began", certificate?.notBefore, 0],
    ["the App ID was given, by Sprinklr's clock,", registeredAt(values), MINUTE_MS],
    // An archive may have been unpacked in another time zone.
    ["this program was installed", (0, import_node_fs6.statSync)((0, import_node_fs6.realpathSync)(process.argv[1] ?? "")).mtime, DAY_MS3]
  ];
  const [what, at] = happened.find(([, instant, tolerance]) => instant && instant.valueOf() - now.valueOf() > tolerance) ?? [];
  if (what === void 0 || at === void 0)
    return { name, status: "ok", found: `It is ${now.toISOString()}.` };
  return {
    name,
    status: "wrong",
    found: `This machine says ${now.toISOString()}, but ${what} at ${at.toISOString()}.`,
    remedy: "Set the clock of this machine (time synchronisation, time zone), then run this again."
  };
}
function checkAge({ values, certificate }) {
  const registered = registeredAt(values);
  if (registered === void 0 || certificate === void 0) return [];
  const name = "app-id and certificate";
  if (certificate.notBefore.valueOf() - registered.valueOf() <= MINUTE_MS) {
    return [{ name, status: "ok", found: "The App ID is younger than the certificate, as it has to be." }];
  }
  return [
    {
      name,
      status: "warning",
      found: "The App ID was given before this certificate began, so it is that of an earlier certificate.",
      remedy: "Register this certificate (mode: register) and use its App ID, unless both certificates have the same key."
    }
  ];
}
var import_node_fs6, MINUTE_MS, DAY_MS3;
var init_clock = __esm({
  "src/cli/doctor/clock.ts"() {
    "use strict";
    import_node_fs6 = require("node:fs");
    init_app_id();
    init_check();
    init_values();
    MINUTE_MS = 6e4;
    DAY_MS3 = 24 * 60 * MINUTE_MS;
  }
});

// src/credentials/assertion.ts
function signAssertion(assertion) {
  const issuedAt = Math.floor(assertion.issuedAt.valueOf() / 1e3);
  const claims = {
    iss: assertion.issuer,
    sub: assertion.subject,
    aud: assertion.audience,
    iat: issuedAt,
    exp: issuedAt + assertion.lifetime,
    jti: assertion.id
  };
  const signingInput = `${encodeJson({ alg: "RS256", typ: "JWT" })}.${encodeJson(claims)}`;
  const signature = signRs256(Buffer.from(signingInput), assertion.privateKey);
  return `${signingInput}.${signature.toString("base64url")}`;
}
function encodeJson(part) {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
var init_assertion2 = __esm({
  "src/credentials/assertion.ts"() {
    "use strict";
    init_private_key();
  }
});

// node_modules/@actions/http-client/lib/proxy.js
function getProxyUrl(reqUrl) {
  const usingSsl = reqUrl.protocol === "https:";
  if (checkBypass(reqUrl)) {
    return void 0;
  }
  const proxyVar = (() => {
    if (usingSsl) {
      return process.env["https_proxy"] || process.env["HTTPS_PROXY"];
    } else {
      return process.env["http_proxy"] || process.env["HTTP_PROXY"];
    }
  })();
  if (proxyVar) {
    try {
      return new DecodedURL(proxyVar);
    } catch (_a) {
      if (!proxyVar.startsWith("http://") && !proxyVar.startsWith("https://"))
        return new DecodedURL(`http://${proxyVar}`);
    }
  } else {
    return void 0;
  }
}
function checkBypass(reqUrl) {
  if (!reqUrl.hostname) {
    return false;
  }
  const reqHost = reqUrl.hostname;
  if (isLoopbackAddress(reqHost)) {
    return true;
  }
  const noProxy = process.env["no_proxy"] || process.env["NO_PROXY"] || "";
  if (!noProxy) {
    return false;
  }
  let reqPort;
  if (reqUrl.port) {
    reqPort = Number(reqUrl.port);
  } else if (reqUrl.protocol === "http:") {
    reqPort = 80;
  } else if (reqUrl.protocol === "https:") {
    reqPort = 443;
  }
  const upperReqHosts = [reqUrl.hostname.toUpperCase()];
  if (typeof reqPort === "number") {
    upperReqHosts.push(`${upperReqHosts[0]}:${reqPort}`);
  }
  for (const upperNoProxyItem of noProxy.split(",").map((x) => x.trim().toUpperCase()).filter((x) => x)) {
    if (upperNoProxyItem === "*" || upperReqHosts.some((x) => x === upperNoProxyItem || x.endsWith(`.${upperNoProxyItem}`) || upperNoProxyItem.startsWith(".") && x.endsWith(`${upperNoProxyItem}`))) {
      return true;
    }
  }
  return false;
}
function isLoopbackAddress(host) {
  const hostLower = host.toLowerCase();
  return hostLower === "localhost" || hostLower.startsWith("127.") || hostLower.startsWith("[::1]") || hostLower.startsWith("[0:0:0:0:0:0:0:1]");
}
var DecodedURL;
var init_proxy = __esm({
  "node_modules/@actions/http-client/lib/proxy.js"() {
    DecodedURL = class extends URL {
      constructor(url, base) {
        super(url, base);
        this._decodedUsername = decodeURIComponent(super.username);
        this._decodedPassword = decodeURIComponent(super.password);
      }
      get username() {
        return this._decodedUsername;
      }
      get password() {
        return this._decodedPassword;
      }
    };
  }
});

// node_modules/tunnel/lib/tunnel.js
var require_tunnel = __commonJS({
  "node_modules/tunnel/lib/tunnel.js"(exports2) {
    "use strict";
    var net = require("net");
    var tls = require("tls");
    var http2 = require("http");
    var https2 = require("https");
    var events = require("events");
    var assert = require("assert");
    var util = require("util");
    exports2.httpOverHttp = httpOverHttp2;
    exports2.httpsOverHttp = httpsOverHttp2;
    exports2.httpOverHttps = httpOverHttps2;
    exports2.httpsOverHttps = httpsOverHttps2;
    function httpOverHttp2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = http2.request;
      return agent;
    }
    function httpsOverHttp2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = http2.request;
      agent.createSocket = createSecureSocket;
      agent.defaultPort = 443;
      return agent;
    }
    function httpOverHttps2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = https2.request;
      return agent;
    }
    function httpsOverHttps2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = https2.request;
      agent.createSocket = createSecureSocket;
      agent.defaultPort = 443;
      return agent;
    }
    function TunnelingAgent(options) {
      var self2 = this;
      self2.options = options || {};
      self2.proxyOptions = self2.options.proxy || {};
      self2.maxSockets = self2.options.maxSockets || http2.Agent.defaultMaxSockets;
      self2.requests = [];
      self2.sockets = [];
      self2.on("free", function onFree(socket, host, port, localAddress) {
        var options2 = toOptions(host, port, localAddress);
        for (var i = 0, len = self2.requests.length; i < len; ++i) {
          var pending = self2.requests[i];
          if (pending.host === options2.host && pending.port === options2.port) {
            self2.requests.splice(i, 1);
            pending.request.onSocket(socket);
            return;
          }
        }
        socket.destroy();
        self2.removeSocket(socket);
      });
    }
    util.inherits(TunnelingAgent, events.EventEmitter);
    TunnelingAgent.prototype.addRequest = function addRequest(req, host, port, localAddress) {
      var self2 = this;
      var options = mergeOptions({ request: req }, self2.options, toOptions(host, port, localAddress));
      if (self2.sockets.length >= this.maxSockets) {
        self2.requests.push(options);
        return;
      }
      self2.createSocket(options, function(socket) {
        socket.on("free", onFree);
        socket.on("close", onCloseOrRemove);
        socket.on("agentRemove", onCloseOrRemove);
        req.onSocket(socket);
        function onFree() {
          self2.emit("free", socket, options);
        }
        function onCloseOrRemove(err) {
          self2.removeSocket(socket);
          socket.removeListener("free", onFree);
          socket.removeListener("close", onCloseOrRemove);
          socket.removeListener("agentRemove", onCloseOrRemove);
        }
      });
    };
    TunnelingAgent.prototype.createSocket = function createSocket(options, cb) {
      var self2 = this;
      var placeholder = {};
      self2.sockets.push(placeholder);
      var connectOptions = mergeOptions({}, self2.proxyOptions, {
        method: "CONNECT",
        path: options.host + ":" + options.port,
        agent: false,
        headers: {
          host: options.host + ":" + options.port
        }
      });
      if (options.localAddress) {
        connectOptions.localAddress = options.localAddress;
      }
      if (connectOptions.proxyAuth) {
        connectOptions.headers = connectOptions.headers || {};
        connectOptions.headers["Proxy-Authorization"] = "Basic " + new Buffer(connectOptions.proxyAuth).toString("base64");
      }
      debug("making CONNECT request");
      var connectReq = self2.request(connectOptions);
      connectReq.useChunkedEncodingByDefault = false;
      connectReq.once("response", onResponse);
      connectReq.once("upgrade", onUpgrade);
      connectReq.once("connect", onConnect);
      connectReq.once("error", onError);
      connectReq.end();
      function onResponse(res) {
        res.upgrade = true;
      }
      function onUpgrade(res, socket, head) {
        process.nextTick(function() {
          onConnect(res, socket, head);
        });
      }
      function onConnect(res, socket, head) {
        connectReq.removeAllListeners();
        socket.removeAllListeners();
        if (res.statusCode !== 200) {
          debug(
            "tunneling socket could not be established, statusCode=%d",
            res.statusCode
          );
          socket.destroy();
          var error = new Error("tunneling socket could not be established, statusCode=" + res.statusCode);
          error.code = "ECONNRESET";
          options.request.emit("error", error);
          self2.removeSocket(placeholder);
          return;
        }
        if (head.length > 0) {
          debug("got illegal response body from proxy");
          socket.destroy();
          var error = new Error("got illegal response body from proxy");
          error.code = "ECONNRESET";
          options.request.emit("error", error);
          self2.removeSocket(placeholder);
          return;
        }
        debug("tunneling connection has established");
        self2.sockets[self2.sockets.indexOf(placeholder)] = socket;
        return cb(socket);
      }
      function onError(cause) {
        connectReq.removeAllListeners();
        debug(
          "tunneling socket could not be established, cause=%s\n",
          cause.message,
          cause.stack
        );
        var error = new Error("tunneling socket could not be established, cause=" + cause.message);
        error.code = "ECONNRESET";
        options.request.emit("error", error);
        self2.removeSocket(placeholder);
      }
    };
    TunnelingAgent.prototype.removeSocket = function removeSocket(socket) {
      var pos = this.sockets.indexOf(socket);
      if (pos === -1) {
        return;
      }
      this.sockets.splice(pos, 1);
      var pending = this.requests.shift();
      if (pending) {
        this.createSocket(pending, function(socket2) {
          pending.request.onSocket(socket2);
        });
      }
    };
    function createSecureSocket(options, cb) {
      var self2 = this;
      TunnelingAgent.prototype.createSocket.call(self2, options, function(socket) {
        var hostHeader = options.request.getHeader("host");
        var tlsOptions = mergeOptions({}, self2.options, {
          socket,
          servername: hostHeader ? hostHeader.replace(/:.*$/, "") : options.host
        });
        var secureSocket = tls.connect(0, tlsOptions);
        self2.sockets[self2.sockets.indexOf(socket)] = secureSocket;
        cb(secureSocket);
      });
    }
    function toOptions(host, port, localAddress) {
      if (typeof host === "string") {
        return {
          host,
          port,
          localAddress
        };
      }
      return host;
    }
    function mergeOptions(target) {
      for (var i = 1, len = arguments.length; i < len; ++i) {
        var overrides = arguments[i];
        if (typeof overrides === "object") {
          var keys = Object.keys(overrides);
          for (var j = 0, keyLen = keys.length; j < keyLen; ++j) {
            var k = keys[j];
            if (overrides[k] !== void 0) {
              target[k] = overrides[k];
            }
          }
        }
      }
      return target;
    }
    var debug;
    if (process.env.NODE_DEBUG && /\btunnel\b/.test(process.env.NODE_DEBUG)) {
      debug = function() {
        var args2 = Array.prototype.slice.call(arguments);
        if (typeof args2[0] === "string") {
          args2[0] = "TUNNEL: " + args2[0];
        } else {
          args2.unshift("TUNNEL:");
        }
        console.error.apply(console, args2);
      };
    } else {
      debug = function() {
      };
    }
    exports2.debug = debug;
  }
});

// node_modules/tunnel/index.js
var require_tunnel2 = __commonJS({
  "node_modules/tunnel/index.js"(exports2, module2) {
    module2.exports = require_tunnel();
  }
});

// scripts/stubs/undici.ts
var ProxyAgent;
var init_undici = __esm({
  "scripts/stubs/undici.ts"() {
    "use strict";
    ProxyAgent = class {
      constructor() {
        throw new Error("undici is not in this bundle");
      }
    };
  }
});

// node_modules/@actions/http-client/lib/index.js
var http, https, tunnel, __awaiter, HttpCodes, Headers, MediaTypes, HttpRedirectCodes, HttpResponseRetryCodes, RetryableHttpVerbs, ExponentialBackoffCeiling, ExponentialBackoffTimeSlice, HttpClientError, HttpClientResponse, HttpClient, lowercaseKeys;
var init_lib = __esm({
  "node_modules/@actions/http-client/lib/index.js"() {
    http = __toESM(require("http"), 1);
    https = __toESM(require("https"), 1);
    init_proxy();
    tunnel = __toESM(require_tunnel2(), 1);
    init_undici();
    __awaiter = function(thisArg, _arguments, P, generator) {
      function adopt(value) {
        return value instanceof P ? value : new P(function(resolve2) {
          resolve2(value);
        });
      }
      return new (P || (P = Promise))(function(resolve2, reject) {
        function fulfilled(value) {
          try {
            step(generator.next(value));
          } catch (e) {
            reject(e);
          }
        }
        function rejected(value) {
          try {
            step(generator["throw"](value));
          } catch (e) {
            reject(e);
          }
        }
        function step(result) {
          result.done ? resolve2(result.value) : adopt(result.value).then(fulfilled, rejected);
        }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
      });
    };
    (function(HttpCodes2) {
      HttpCodes2[HttpCodes2["OK"] = 200] = "OK";
      HttpCodes2[HttpCodes2["MultipleChoices"] = 300] = "MultipleChoices";
      HttpCodes2[HttpCodes2["MovedPermanently"] = 301] = "MovedPermanently";
      HttpCodes2[HttpCodes2["ResourceMoved"] = 302] = "ResourceMoved";
      HttpCodes2[HttpCodes2["SeeOther"] = 303] = "SeeOther";
      HttpCodes2[HttpCodes2["NotModified"] = 304] = "NotModified";
      HttpCodes2[HttpCodes2["UseProxy"] = 305] = "UseProxy";
      HttpCodes2[HttpCodes2["SwitchProxy"] = 306] = "SwitchProxy";
      HttpCodes2[HttpCodes2["TemporaryRedirect"] = 307] = "TemporaryRedirect";
      HttpCodes2[HttpCodes2["PermanentRedirect"] = 308] = "PermanentRedirect";
      HttpCodes2[HttpCodes2["BadRequest"] = 400] = "BadRequest";
      HttpCodes2[HttpCodes2["Unauthorized"] = 401] = "Unauthorized";
      HttpCodes2[HttpCodes2["PaymentRequired"] = 402] = "PaymentRequired";
      HttpCodes2[HttpCodes2["Forbidden"] = 403] = "Forbidden";
      HttpCodes2[HttpCodes2["NotFound"] = 404] = "NotFound";
      HttpCodes2[HttpCodes2["MethodNotAllowed"] = 405] = "MethodNotAllowed";
      HttpCodes2[HttpCodes2["NotAcceptable"] = 406] = "NotAcceptable";
      HttpCodes2[HttpCodes2["ProxyAuthenticationRequired"] = 407] = "ProxyAuthenticationRequired";
      HttpCodes2[HttpCodes2["RequestTimeout"] = 408] = "RequestTimeout";
      HttpCodes2[HttpCodes2["Conflict"] = 409] = "Conflict";
      HttpCodes2[HttpCodes2["Gone"] = 410] = "Gone";
      HttpCodes2[HttpCodes2["TooManyRequests"] = 429] = "TooManyRequests";
      HttpCodes2[HttpCodes2["InternalServerError"] = 500] = "InternalServerError";
      HttpCodes2[HttpCodes2["NotImplemented"] = 501] = "NotImplemented";
      HttpCodes2[HttpCodes2["BadGateway"] = 502] = "BadGateway";
      HttpCodes2[HttpCodes2["ServiceUnavailable"] = 503] = "ServiceUnavailable";
      HttpCodes2[HttpCodes2["GatewayTimeout"] = 504] = "GatewayTimeout";
    })(HttpCodes || (HttpCodes = {}));
    (function(Headers2) {
      Headers2["Accept"] = "accept";
      Headers2["ContentType"] = "content-type";
    })(Headers || (Headers = {}));
    (function(MediaTypes2) {
      MediaTypes2["ApplicationJson"] = "application/json";
    })(MediaTypes || (MediaTypes = {}));
    HttpRedirectCodes = [
      HttpCodes.MovedPermanently,
      HttpCodes.ResourceMoved,
      HttpCodes.SeeOther,
      HttpCodes.TemporaryRedirect,
      HttpCodes.PermanentRedirect
    ];
    HttpResponseRetryCodes = [
      HttpCodes.BadGateway,
      HttpCodes.ServiceUnavailable,
      HttpCodes.GatewayTimeout
    ];
    RetryableHttpVerbs = ["OPTIONS", "GET", "DELETE", "HEAD"];
    ExponentialBackoffCeiling = 10;
    ExponentialBackoffTimeSlice = 5;
    HttpClientError = class _HttpClientError extends Error {
      constructor(message2, statusCode) {
        super(message2);
        this.name = "HttpClientError";
        this.statusCode = statusCode;
        Object.setPrototypeOf(this, _HttpClientError.prototype);
      }
    };
    HttpClientResponse = class {
      constructor(message2) {
        this.message = message2;
      }
      readBody() {
        return __awaiter(this, void 0, void 0, function* () {
          return new Promise((resolve2) => __awaiter(this, void 0, void 0, function* () {
            let output = Buffer.alloc(0);
            this.message.on("data", (chunk) => {
              output = Buffer.concat([output, chunk]);
            });
            this.message.on("end", () => {
              resolve2(output.toString());
            });
          }));
        });
      }
      readBodyBuffer() {
        return __awaiter(this, void 0, void 0, function* () {
          return new Promise((resolve2) => __awaiter(this, void 0, void 0, function* () {
            const chunks = [];
            this.message.on("data", (chunk) => {
              chunks.push(chunk);
            });
            this.message.on("end", () => {
              resolve2(Buffer.concat(chunks));
            });
          }));
        });
      }
    };
    HttpClient = class {
      constructor(userAgent, handlers2, requestOptions) {
        this._ignoreSslError = false;
        this._allowRedirects = true;
        this._allowRedirectDowngrade = false;
        this._maxRedirects = 50;
        this._allowRetries = false;
        this._maxRetries = 1;
        this._keepAlive = false;
        this._disposed = false;
        this.userAgent = this._getUserAgentWithOrchestrationId(userAgent);
        this.handlers = handlers2 || [];
        this.requestOptions = requestOptions;
        if (requestOptions) {
          if (requestOptions.ignoreSslError != null) {
            this._ignoreSslError = requestOptions.ignoreSslError;
          }
          this._socketTimeout = requestOptions.socketTimeout;
          if (requestOptions.allowRedirects != null) {
            this._allowRedirects = requestOptions.allowRedirects;
          }
          if (requestOptions.allowRedirectDowngrade != null) {
            this._allowRedirectDowngrade = requestOptions.allowRedirectDowngrade;
          }
          if (requestOptions.maxRedirects != null) {
            this._maxRedirects = Math.max(requestOptions.maxRedirects, 0);
          }
          if (requestOptions.keepAlive != null) {
            this._keepAlive = requestOptions.keepAlive;
          }
          if (requestOptions.allowRetries != null) {
            this._allowRetries = requestOptions.allowRetries;
          }
          if (requestOptions.maxRetries != null) {
            this._maxRetries = requestOptions.maxRetries;
          }
        }
      }
      options(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
          return this.request("OPTIONS", requestUrl, null, additionalHeaders || {});
        });
      }
      get(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
          return this.request("GET", requestUrl, null, additionalHeaders || {});
        });
      }
      del(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
          return this.request("DELETE", requestUrl, null, additionalHeaders || {});
        });
      }
      post(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
          return this.request("POST", requestUrl, data, additionalHeaders || {});
        });
      }
      patch(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
          return this.request("PATCH", requestUrl, data, additionalHeaders || {});
        });
      }
      put(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
          return this.request("PUT", requestUrl, data, additionalHeaders || {});
        });
      }
      head(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
          return this.request("HEAD", requestUrl, null, additionalHeaders || {});
        });
      }
      sendStream(verb, requestUrl, stream, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
          return this.request(verb, requestUrl, stream, additionalHeaders);
        });
      }
      /**
       * Gets a typed object from an endpoint
       * Be aware that not found returns a null.  Other errors (4xx, 5xx) reject the promise
       */
      getJson(requestUrl_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, additionalHeaders = {}) {
          additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
          const res = yield this.get(requestUrl, additionalHeaders);
          return this._processResponse(res, this.requestOptions);
        });
      }
      postJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
          const data = JSON.stringify(obj, null, 2);
          additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
          additionalHeaders[Headers.ContentType] = this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
          const res = yield this.post(requestUrl, data, additionalHeaders);
          return this._processResponse(res, this.requestOptions);
        });
      }
      putJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
          const data = JSON.stringify(obj, null, 2);
          additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
          additionalHeaders[Headers.ContentType] = this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
          const res = yield this.put(requestUrl, data, additionalHeaders);
          return this._processResponse(res, this.requestOptions);
        });
      }
      patchJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
          const data = JSON.stringify(obj, null, 2);
          additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
          additionalHeaders[Headers.ContentType] = this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
          const res = yield this.patch(requestUrl, data, additionalHeaders);
          return this._processResponse(res, this.requestOptions);
        });
      }
      /**
       * Makes a raw http request.
       * All other methods such as get, post, patch, and request ultimately call this.
       * Prefer get, del, post and patch
       */
      request(verb, requestUrl, data, headers) {
        return __awaiter(this, void 0, void 0, function* () {
          if (this._disposed) {
            throw new Error("Client has already been disposed.");
          }
          const parsedUrl = new URL(requestUrl);
          let info = this._prepareRequest(verb, parsedUrl, headers);
          const maxTries = this._allowRetries && RetryableHttpVerbs.includes(verb) ? this._maxRetries + 1 : 1;
          let numTries = 0;
          let response;
          do {
            response = yield this.requestRaw(info, data);
            if (response && response.message && response.message.statusCode === HttpCodes.Unauthorized) {
              let authenticationHandler;
              for (const handler of this.handlers) {
                if (handler.canHandleAuthentication(response)) {
                  authenticationHandler = handler;
                  break;
                }
              }
              if (authenticationHandler) {
                return authenticationHandler.handleAuthentication(this, info, data);
              } else {
                return response;
              }
            }
            let redirectsRemaining = this._maxRedirects;
            while (response.message.statusCode && HttpRedirectCodes.includes(response.message.statusCode) && this._allowRedirects && redirectsRemaining > 0) {
              const redirectUrl = response.message.headers["location"];
              if (!redirectUrl) {
                break;
              }
              const parsedRedirectUrl = new URL(redirectUrl);
              if (parsedUrl.protocol === "https:" && parsedUrl.protocol !== parsedRedirectUrl.protocol && !this._allowRedirectDowngrade) {
                throw new Error("Redirect from HTTPS to HTTP protocol. This downgrade is not allowed for security reasons. If you want to allow this behavior, set the allowRedirectDowngrade option to true.");
              }
              yield response.readBody();
              if (parsedRedirectUrl.hostname !== parsedUrl.hostname) {
                for (const header2 in headers) {
                  if (header2.toLowerCase() === "authorization") {
                    delete headers[header2];
                  }
                }
              }
              info = this._prepareRequest(verb, parsedRedirectUrl, headers);
              response = yield this.requestRaw(info, data);
              redirectsRemaining--;
            }
            if (!response.message.statusCode || !HttpResponseRetryCodes.includes(response.message.statusCode)) {
              return response;
            }
            numTries += 1;
            if (numTries < maxTries) {
              yield response.readBody();
              yield this._performExponentialBackoff(numTries);
            }
          } while (numTries < maxTries);
          return response;
        });
      }
      /**
       * Needs to be called if keepAlive is set to true in request options.
       */
      dispose() {
        if (this._agent) {
          this._agent.destroy();
        }
        this._disposed = true;
      }
      /**
       * Raw request.
       * @param info
       * @param data
       */
      requestRaw(info, data) {
        return __awaiter(this, void 0, void 0, function* () {
          return new Promise((resolve2, reject) => {
            function callbackForResult(err, res) {
              if (err) {
                reject(err);
              } else if (!res) {
                reject(new Error("Unknown error"));
              } else {
                resolve2(res);
              }
            }
            this.requestRawWithCallback(info, data, callbackForResult);
          });
        });
      }
      /**
       * Raw request with callback.
       * @param info
       * @param data
       * @param onResult
       */
      requestRawWithCallback(info, data, onResult) {
        if (typeof data === "string") {
          if (!info.options.headers) {
            info.options.headers = {};
          }
          info.options.headers["Content-Length"] = Buffer.byteLength(data, "utf8");
        }
        let callbackCalled = false;
        function handleResult(err, res) {
          if (!callbackCalled) {
            callbackCalled = true;
            onResult(err, res);
          }
        }
        const req = info.httpModule.request(info.options, (msg) => {
          const res = new HttpClientResponse(msg);
          handleResult(void 0, res);
        });
        let socket;
        req.on("socket", (sock) => {
          socket = sock;
        });
        req.setTimeout(this._socketTimeout || 3 * 6e4, () => {
          if (socket) {
            socket.end();
          }
          handleResult(new Error(`Request timeout: ${info.options.path}`));
        });
        req.on("error", function(err) {
          handleResult(err);
        });
        if (data && typeof data === "string") {
          req.write(data, "utf8");
        }
        if (data && typeof data !== "string") {
          data.on("close", function() {
            req.end();
          });
          data.pipe(req);
        } else {
          req.end();
        }
      }
      /**
       * Gets an http agent. This function is useful when you need an http agent that handles
       * routing through a proxy server - depending upon the url and proxy environment variables.
       * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
       */
      getAgent(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        return this._getAgent(parsedUrl);
      }
      getAgentDispatcher(serverUrl) {
        const parsedUrl = new URL(serverUrl);
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (!useProxy) {
          return;
        }
        return this._getProxyAgentDispatcher(parsedUrl, proxyUrl);
      }
      _prepareRequest(method, requestUrl, headers) {
        const info = {};
        info.parsedUrl = requestUrl;
        const usingSsl = info.parsedUrl.protocol === "https:";
        info.httpModule = usingSsl ? https : http;
        const defaultPort = usingSsl ? 443 : 80;
        info.options = {};
        info.options.host = info.parsedUrl.hostname;
        info.options.port = info.parsedUrl.port ? parseInt(info.parsedUrl.port) : defaultPort;
        info.options.path = (info.parsedUrl.pathname || "") + (info.parsedUrl.search || "");
        info.options.method = method;
        info.options.headers = this._mergeHeaders(headers);
        if (this.userAgent != null) {
          info.options.headers["user-agent"] = this.userAgent;
        }
        info.options.agent = this._getAgent(info.parsedUrl);
        if (this.handlers) {
          for (const handler of this.handlers) {
            handler.prepareRequest(info.options);
          }
        }
        return info;
      }
      _mergeHeaders(headers) {
        if (this.requestOptions && this.requestOptions.headers) {
          return Object.assign({}, lowercaseKeys(this.requestOptions.headers), lowercaseKeys(headers || {}));
        }
        return lowercaseKeys(headers || {});
      }
      /**
       * Gets an existing header value or returns a default.
       * Handles converting number header values to strings since HTTP headers must be strings.
       * Note: This returns string | string[] since some headers can have multiple values.
       * For headers that must always be a single string (like Content-Type), use the
       * specialized _getExistingOrDefaultContentTypeHeader method instead.
       */
      _getExistingOrDefaultHeader(additionalHeaders, header2, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
          const headerValue = lowercaseKeys(this.requestOptions.headers)[header2];
          if (headerValue) {
            clientHeader = typeof headerValue === "number" ? headerValue.toString() : headerValue;
          }
        }
        const additionalValue = additionalHeaders[header2];
        if (additionalValue !== void 0) {
          return typeof additionalValue === "number" ? additionalValue.toString() : additionalValue;
        }
        if (clientHeader !== void 0) {
          return clientHeader;
        }
        return _default;
      }
      /**
       * Specialized version of _getExistingOrDefaultHeader for Content-Type header.
       * Always returns a single string (not an array) since Content-Type should be a single value.
       * Converts arrays to comma-separated strings and numbers to strings to ensure type safety.
       * This was split from _getExistingOrDefaultHeader to provide stricter typing for callers
       * that assign the result to places expecting a string (e.g., additionalHeaders[Headers.ContentType]).
       */
      _getExistingOrDefaultContentTypeHeader(additionalHeaders, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
          const headerValue = lowercaseKeys(this.requestOptions.headers)[Headers.ContentType];
          if (headerValue) {
            if (typeof headerValue === "number") {
              clientHeader = String(headerValue);
            } else if (Array.isArray(headerValue)) {
              clientHeader = headerValue.join(", ");
            } else {
              clientHeader = headerValue;
            }
          }
        }
        const additionalValue = additionalHeaders[Headers.ContentType];
        if (additionalValue !== void 0) {
          if (typeof additionalValue === "number") {
            return String(additionalValue);
          } else if (Array.isArray(additionalValue)) {
            return additionalValue.join(", ");
          } else {
            return additionalValue;
          }
        }
        if (clientHeader !== void 0) {
          return clientHeader;
        }
        return _default;
      }
      _getAgent(parsedUrl) {
        let agent;
        const proxyUrl = getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (this._keepAlive && useProxy) {
          agent = this._proxyAgent;
        }
        if (!useProxy) {
          agent = this._agent;
        }
        if (agent) {
          return agent;
        }
        const usingSsl = parsedUrl.protocol === "https:";
        let maxSockets = 100;
        if (this.requestOptions) {
          maxSockets = this.requestOptions.maxSockets || http.globalAgent.maxSockets;
        }
        if (proxyUrl && proxyUrl.hostname) {
          const agentOptions = {
            maxSockets,
            keepAlive: this._keepAlive,
            proxy: Object.assign(Object.assign({}, (proxyUrl.username || proxyUrl.password) && {
              proxyAuth: `${proxyUrl.username}:${proxyUrl.password}`
            }), { host: proxyUrl.hostname, port: proxyUrl.port })
          };
          let tunnelAgent;
          const overHttps = proxyUrl.protocol === "https:";
          if (usingSsl) {
            tunnelAgent = overHttps ? tunnel.httpsOverHttps : tunnel.httpsOverHttp;
          } else {
            tunnelAgent = overHttps ? tunnel.httpOverHttps : tunnel.httpOverHttp;
          }
          agent = tunnelAgent(agentOptions);
          this._proxyAgent = agent;
        }
        if (!agent) {
          const options = { keepAlive: this._keepAlive, maxSockets };
          agent = usingSsl ? new https.Agent(options) : new http.Agent(options);
          this._agent = agent;
        }
        if (usingSsl && this._ignoreSslError) {
          agent.options = Object.assign(agent.options || {}, {
            rejectUnauthorized: false
          });
        }
        return agent;
      }
      _getProxyAgentDispatcher(parsedUrl, proxyUrl) {
        let proxyAgent;
        if (this._keepAlive) {
          proxyAgent = this._proxyAgentDispatcher;
        }
        if (proxyAgent) {
          return proxyAgent;
        }
        const usingSsl = parsedUrl.protocol === "https:";
        proxyAgent = new ProxyAgent(Object.assign({ uri: proxyUrl.href, pipelining: !this._keepAlive ? 0 : 1 }, (proxyUrl.username || proxyUrl.password) && {
          token: `Basic ${Buffer.from(`${proxyUrl.username}:${proxyUrl.password}`).toString("base64")}`
        }));
        this._proxyAgentDispatcher = proxyAgent;
        if (usingSsl && this._ignoreSslError) {
          proxyAgent.options = Object.assign(proxyAgent.options.requestTls || {}, {
            rejectUnauthorized: false
          });
        }
        return proxyAgent;
      }
      _getUserAgentWithOrchestrationId(userAgent) {
        const baseUserAgent = userAgent || "actions/http-client";
        const orchId = process.env["ACTIONS_ORCHESTRATION_ID"];
        if (orchId) {
          const sanitizedId = orchId.replace(/[^a-z0-9_.-]/gi, "_");
          return `${baseUserAgent} actions_orchestration_id/${sanitizedId}`;
        }
        return baseUserAgent;
      }
      _performExponentialBackoff(retryNumber) {
        return __awaiter(this, void 0, void 0, function* () {
          retryNumber = Math.min(ExponentialBackoffCeiling, retryNumber);
          const ms = ExponentialBackoffTimeSlice * Math.pow(2, retryNumber);
          return new Promise((resolve2) => setTimeout(() => resolve2(), ms));
        });
      }
      _processResponse(res, options) {
        return __awaiter(this, void 0, void 0, function* () {
          return new Promise((resolve2, reject) => __awaiter(this, void 0, void 0, function* () {
            const statusCode = res.message.statusCode || 0;
            const response = {
              statusCode,
              result: null,
              headers: {}
            };
            if (statusCode === HttpCodes.NotFound) {
              resolve2(response);
            }
            function dateTimeDeserializer(key, value) {
              if (typeof value === "string") {
                const a = new Date(value);
                if (!isNaN(a.valueOf())) {
                  return a;
                }
              }
              return value;
            }
            let obj;
            let contents;
            try {
              contents = yield res.readBody();
              if (contents && contents.length > 0) {
                if (options && options.deserializeDates) {
                  obj = JSON.parse(contents, dateTimeDeserializer);
                } else {
                  obj = JSON.parse(contents);
                }
                response.result = obj;
              }
              response.headers = res.message.headers;
            } catch (err) {
            }
            if (statusCode > 299) {
              let msg;
              if (obj && obj.message) {
                msg = obj.message;
              } else if (contents && contents.length > 0) {
                msg = contents;
              } else {
                msg = `Failed request: (${statusCode})`;
              }
              const err = new HttpClientError(msg, statusCode);
              err.result = response.result;
              reject(err);
            } else {
              resolve2(response);
            }
          }));
        });
      }
    };
    lowercaseKeys = (obj) => Object.keys(obj).reduce((c, k) => (c[k.toLowerCase()] = obj[k], c), {});
  }
});

// src/sprinklr/response.ts
function describeError({ status, headers, body }, secrets) {
  const text3 = isCompressed({ headers }) ? "" : body;
  const json = parseJson2(text3);
  const message2 = isRecord(json) ? errorMessageFromJson(json) : headingFromHtml(text3) ?? (status >= 200 && status < 300 ? "" : textFromHtml(text3));
  return sanitize(message2 === "" ? String(headers["x-mashery-error-code"] ?? "") : message2, secrets);
}
function isCompressed({ headers }) {
  const encoding = headers["content-encoding"];
  return encoding !== void 0 && /\b(gzip|deflate|compress|br|zstd)\b/i.test(encoding);
}
function errorMessageFromJson(json) {
  const fault = json["fault"];
  const parts = [
    json["error"],
    json["error_description"],
    isRecord(fault) ? fault["faultstring"] : void 0,
    ...errorList(json).flatMap((entry) => isRecord(entry) ? [entry["code"], entry["message"]] : [entry]),
    json["message"]
  ];
  return parts.filter((part) => typeof part === "string" && part !== "" || typeof part === "number").join(": ");
}
function headingFromHtml(body) {
  return /<(h1|title)\b[^>]*>([^<]*)</i.exec(body.slice(0, 1e4))?.[2];
}
function textFromHtml(body) {
  return body.slice(0, 1e4).replace(/<[^<>]*>/g, " ");
}
function findTokens(body) {
  const found = [];
  const pending = [parseJson2(body)];
  while (pending.length > 0) {
    for (const [name, value] of Object.entries(pending.pop() ?? {})) {
      if (typeof value === "string" && TOKEN_NAME.test(name)) found.push(value);
      if (typeof value === "object") pending.push(value);
    }
  }
  for (const [, literal = ""] of body.matchAll(NAMED_LITERAL))
    found.push(unescapeOr(() => JSON.parse(`${literal}"`), literal.slice(1)));
  for (const [, word = ""] of body.matchAll(NAMED_WORD))
    found.push(
      word,
      unescapeOr(() => decodeURIComponent(word), word)
    );
  return found;
}
function unescapeOr(read, otherwise) {
  try {
    return String(read());
  } catch {
    return otherwise;
  }
}
function errorList(json) {
  return [json["errors"], json["Errors"]].filter((list) => Array.isArray(list)).flat();
}
function parseJson2(text3) {
  try {
    return JSON.parse(text3);
  } catch {
    return void 0;
  }
}
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
var MAX_RESPONSE_BYTES, TOKEN_NAME, NAMED_LITERAL, NAMED_WORD;
var init_response = __esm({
  "src/sprinklr/response.ts"() {
    "use strict";
    init_redaction();
    MAX_RESPONSE_BYTES = 1024 * 1024;
    TOKEN_NAME = /^(access|refresh|id)_token$/;
    NAMED_LITERAL = /"(?:access|refresh|id)_token"\s*:\s*("(?:[^"\\]|\\[^])*)/g;
    NAMED_WORD = /(?:access|refresh|id)_token["']?\s*[=:>]\s*["']?([^\s"'<>&,;]{8,})/g;
  }
});

// src/sprinklr/network-failure.ts
function toNetworkFailure(cause, url, deadlineSeconds) {
  const { code: code2 = "", message: message2 = "", syscall } = cause;
  const permanent = (errorCode, problem, remedy) => ({
    error: new ActionError(errorCode, problem, { remedy, cause }),
    retryable: false,
    unsent: false
  });
  if (deadlineSeconds !== void 0) {
    return permanent(
      "TIMED_OUT",
      `${url.host} did not respond within the ${deadlineSeconds} s of \`timeout-seconds\`.`,
      "Run this again. If it happens often, raise `timeout-seconds` (at most 600), or check the proxy and firewall on the way to Sprinklr."
    );
  }
  if (TLS_ERROR_CODES.test(code2)) {
    const failure = permanent(
      "TLS_FAILED",
      `No trusted TLS connection to ${url.host} (${code2}).`,
      "If a proxy or `base-url` uses a private CA, set the environment variable NODE_EXTRA_CA_CERTS to its PEM file. If the app has mutual TLS, check `mtls-certificate` and `mtls-private-key`. Otherwise, check `base-url`, whose server must support TLS 1.2 or newer, and the machine's clock."
    );
    return { ...failure, unsent: true };
  }
  if (code2.startsWith("HPE_")) {
    return permanent(
      "RESPONSE_INVALID",
      `The response of ${url.host} is not HTTP.`,
      "Check `base-url`, and the proxy on the way to Sprinklr."
    );
  }
  if (message2.startsWith(TUNNEL_ERROR_PREFIX)) return proxyTunnelFailure(cause, url, message2);
  const proxy = getProxyUrl(url) === void 0 ? "" : " through the proxy";
  return {
    error: new ActionError(
      "NETWORK_UNREACHABLE",
      `No connection to ${url.host}${proxy} (${/^E[A-Z_]+$/.test(code2) ? code2 : "connection lost"}).`,
      { remedy: CHECK_CONNECTIVITY, cause }
    ),
    retryable: true,
    unsent: UNSENT_ERROR_CODES.has(code2) || syscall === "connect"
  };
}
function proxyTunnelFailure(cause, { host }, message2) {
  const status = Number(/statusCode=(\d+)/.exec(message2)?.[1]);
  const reason = Number.isNaN(status) ? "the proxy cannot be reached" : `the proxy responded with ${status}`;
  const proxyRemedy = PROXY_REMEDIES[status]?.(host);
  const remedy = status >= 500 ? "Check that the proxy can reach that host: its name resolution and firewall, and `base-url` if you set it." : CHECK_CONNECTIVITY;
  return {
    error: new ActionError("NETWORK_UNREACHABLE", `No connection to ${host} through the proxy (${reason}).`, {
      remedy: proxyRemedy ?? remedy,
      cause
    }),
    retryable: proxyRemedy === void 0,
    unsent: true
  };
}
var UNSENT_ERROR_CODES, TLS_ERROR_CODES, TUNNEL_ERROR_PREFIX, CHECK_CONNECTIVITY, CHECK_PROXY_CREDENTIALS, PROXY_REMEDIES;
var init_network_failure = __esm({
  "src/sprinklr/network-failure.ts"() {
    "use strict";
    init_proxy();
    init_errors();
    UNSENT_ERROR_CODES = /* @__PURE__ */ new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"]);
    TLS_ERROR_CODES = /^(EPROTO|HOSTNAME_MISMATCH|(ERR_TLS|ERR_SSL|ERR_OSSL|CERT|CRL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|INVALID|PATH_LENGTH|ERROR_IN)_\w+)$/;
    TUNNEL_ERROR_PREFIX = "tunneling socket could not be established";
    CHECK_CONNECTIVITY = "Check that this machine can reach that host: name resolution, firewall, the variables https_proxy and no_proxy, `base-url` if you set it, and `mtls-certificate` if the app has mutual TLS.";
    CHECK_PROXY_CREDENTIALS = "Check user name and password in https_proxy: http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded.";
    PROXY_REMEDIES = {
      // What tinyproxy responds to a wrong password.
      401: () => CHECK_PROXY_CREDENTIALS,
      403: (host) => `Have the proxy allow CONNECT to ${host}. If this machine reaches that host directly, add the host to no_proxy.`,
      407: () => CHECK_PROXY_CREDENTIALS
    };
  }
});

// src/sprinklr/proxy.ts
function proxyFor(url) {
  const isSet3 = ["https_proxy", "HTTPS_PROXY"].some((name) => process.env[name]);
  if (url.protocol !== "https:" || !isSet3 || checkBypass(url)) return getProxyUrl(url);
  let cause;
  try {
    const proxy = getProxyUrl(url);
    if (proxy !== void 0 && /^https?:$/.test(proxy.protocol) && proxy.hostname !== "") return proxy;
  } catch (error) {
    cause = error;
  }
  throw new ActionError(
    "NETWORK_UNREACHABLE",
    "The proxy address in https_proxy or HTTPS_PROXY cannot be read.",
    {
      remedy: "Set it to a URL such as http://proxy.example.com:3128. Percent-encode special characters in its password.",
      cause
    }
  );
}
var init_proxy2 = __esm({
  "src/sprinklr/proxy.ts"() {
    "use strict";
    init_proxy();
    init_errors();
  }
});

// src/sprinklr/classify-response.ts
function classifyResponse({
  status,
  headers,
  body
}) {
  if (status >= 200 && status < 300) return void 0;
  if (status >= 300 && status < 400) return "REDIRECTED";
  if (status === 403) {
    const text3 = `${String(headers["x-mashery-error-code"] ?? "")} ${body}`;
    if (/developer[ _]over[ _](rate|qps)/i.test(text3)) return "RATE_LIMITED";
    if (/developer[ _]inactive/i.test(text3)) return "API_KEY_INACTIVE";
    return "PERMISSION_DENIED";
  }
  return CODES[status] ?? "RESPONSE_INVALID";
}
var CODES;
var init_classify_response = __esm({
  "src/sprinklr/classify-response.ts"() {
    "use strict";
    CODES = {
      400: "CREDENTIALS_REJECTED",
      401: "CREDENTIALS_REJECTED",
      404: "NOT_FOUND",
      421: "ENVIRONMENT_MISMATCH",
      429: "RATE_LIMITED",
      500: "SERVER_ERROR",
      502: "SERVER_ERROR",
      503: "SERVER_ERROR",
      504: "SERVER_ERROR",
      596: "NOT_FOUND"
    };
  }
});

// src/sprinklr/retry-delay.ts
function retryDelaySeconds(after) {
  const requested = after.headers === void 0 ? void 0 : requestedDelaySeconds(after.headers, after.now);
  return requested === void 0 ? 2 ** (after.attempt - 1) * (1 + after.random / 2) : Math.min(requested, MAX_DELAY_SECONDS) + after.random / 4;
}
function requestedDelaySeconds(headers, runnerNow) {
  const now = serverDate(headers) ?? runnerNow;
  const until = (instant) => instant === void 0 ? void 0 : Math.max(0, (instant - now.valueOf()) / 1e3);
  const retryAfter = headers["retry-after"]?.trim() ?? "";
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter);
  const reset = headers["x-ratelimit-reset"];
  return until(httpDate(retryAfter)?.valueOf()) ?? (typeof reset === "string" && /^\d+$/.test(reset) ? until(Number(reset) * 1e3) : void 0);
}
function serverDate(headers) {
  return httpDate(headers.date ?? "");
}
function httpDate(text3) {
  const date = new Date(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, .+ GMT$/.test(text3) ? text3 : "");
  return Number.isNaN(date.valueOf()) ? void 0 : date;
}
var MAX_DELAY_SECONDS;
var init_retry_delay = __esm({
  "src/sprinklr/retry-delay.ts"() {
    "use strict";
    MAX_DELAY_SECONDS = 24 * 3600;
  }
});

// src/sprinklr/http.ts
function createHttpSession(options, { log, secrets, random, now }) {
  const deadline = startDeadline(options.timeoutSeconds);
  const endsAt = performance.now() + options.timeoutSeconds * 1e3;
  const exceedsDeadline = (seconds) => seconds * 1e3 >= endsAt - performance.now();
  return {
    async send(build, retryPolicy) {
      for (let attempt2 = 1; ; attempt2++) {
        const request = build();
        const { response, failure } = await attemptOnce(request, deadline, options);
        for (const token3 of findTokens(response?.body ?? "")) secrets.mask(token3);
        const { origin, pathname } = request.url;
        log.debug(
          `${request.method} ${origin}${pathname}: ${response ? response.status : failure.error.code}`
        );
        const shouldRetry = response ? isRetryable(response, retryPolicy) : failure.retryable && (retryPolicy === "idempotent" || retryPolicy === "if-unsent" && failure.unsent);
        const wait = shouldRetry && attempt2 < options.maxAttempts ? retryDelaySeconds({ attempt: attempt2, random: random(), headers: response?.headers, now: now() }) : void 0;
        if (wait === void 0 || exceedsDeadline(wait)) {
          if (failure) throw withAttemptContext(failure, attempt2, retryPolicy);
          return {
            ...response,
            attempts: attempt2,
            ...wait !== void 0 && { retryAfterExceedsDeadline: wait }
          };
        }
        const reason = response ? `Sprinklr responded with HTTP ${response.status}.` : failure.error.message;
        log.info(
          `${reason} Retrying in ${wait.toFixed(1)} s (attempt ${attempt2 + 1} of ${options.maxAttempts}).`
        );
        await new Promise((resolve2) => setTimeout(resolve2, wait * 1e3));
      }
    }
  };
}
function withAttemptContext({ error, unsent }, attempt2, retryPolicy) {
  const attempts = attempt2 > 1 ? ` Attempts: ${attempt2}.` : "";
  const processed = retryPolicy === "if-unsent" && !unsent ? " Sprinklr may have processed the request anyway." : "";
  const { code: code2, message: message2, remedy, cause } = error;
  return new ActionError(code2, `${message2}${attempts}${processed}`, { remedy, cause });
}
function isRetryable(response, retryPolicy) {
  const code2 = classifyResponse(response);
  return retryPolicy !== "never" && (code2 === "RATE_LIMITED" || code2 === "SERVER_ERROR" && retryPolicy === "idempotent");
}
async function attemptOnce(request, deadline, options) {
  proxyFor(request.url);
  const abortController = new AbortController();
  const client = new HttpClient("sprinklr-token", [requestHandler(options, abortController.signal)], {
    allowRedirects: false,
    // An idle timeout, longer than the deadline, so that the deadline always comes first.
    socketTimeout: options.timeoutSeconds * 2e3
  });
  try {
    return { response: await Promise.race([exchange(client, request), deadline]) };
  } catch (error) {
    client.dispose();
    abortController.abort();
    const deadlineSeconds = error instanceof DeadlineExceededError ? options.timeoutSeconds : void 0;
    return { failure: toNetworkFailure(error, request.url, deadlineSeconds) };
  }
}
async function exchange(client, { method, url, headers, body }) {
  const { message: message2 } = await client.request(method, url.href, body, {
    Accept: "application/json",
    "Accept-Encoding": "identity",
    ...headers
  });
  return { status: message2.statusCode ?? 0, headers: message2.headers, ...await readBody2(message2) };
}
function requestHandler({ clientCertificate }, signal) {
  return {
    prepareRequest(options) {
      options.signal = signal;
      if (clientCertificate !== void 0)
        Object.assign(options.agent.options, clientCertificate);
    },
    canHandleAuthentication: () => false,
    handleAuthentication: () => Promise.reject(new Error("not used"))
  };
}
function startDeadline(seconds) {
  const deadline = new Promise((_, reject) => {
    setTimeout(reject, seconds * 1e3, new DeadlineExceededError()).unref();
  });
  deadline.catch(() => void 0);
  return deadline;
}
function readBody2(message2) {
  return new Promise((resolve2, reject) => {
    const chunks = [];
    let bytes = 0;
    message2.on("data", (chunk) => {
      bytes += chunk.length;
      chunks.push(chunk);
      if (bytes <= MAX_RESPONSE_BYTES) return;
      message2.destroy();
      resolve2({ body: "", truncated: true });
    });
    message2.on("end", () => {
      resolve2({ body: Buffer.concat(chunks).toString("utf8"), truncated: false });
    });
    message2.on("error", reject);
  });
}
var DeadlineExceededError;
var init_http = __esm({
  "src/sprinklr/http.ts"() {
    "use strict";
    init_lib();
    init_errors();
    init_response();
    init_network_failure();
    init_proxy2();
    init_classify_response();
    init_retry_delay();
    DeadlineExceededError = class extends Error {
    };
  }
});

// src/sprinklr/response-error.ts
function toResponseError(response, operation, secrets) {
  const code2 = classifyResponse(response) ?? "RESPONSE_INVALID";
  const quote = describeError(response, secrets);
  const attempts = response.attempts > 1 ? ` after ${response.attempts} attempts` : "";
  const { retryAfterExceedsDeadline: delay } = response;
  const sentences = [
    `${capitalize(operation)} failed (HTTP ${response.status}${attempts}): ${CAUSES[code2]}.`,
    code2 === "REDIRECTED" ? `The redirect points to ${redirectHost(response, secrets)}. Redirects are not followed.` : "",
    delay === void 0 ? "" : `Sprinklr asked to wait ${Math.ceil(delay)} s, longer than \`timeout-seconds\` allows.`,
    quote === "" ? "The server gave no reason." : `The server said: "${quote}".`
  ];
  const isMutualTls = response.status === 400 && quote.includes("SSL certificate");
  return new ActionError(code2, sentences.filter((sentence) => sentence !== "").join(" "), {
    remedy: isMutualTls ? MUTUAL_TLS_REMEDY : remedyFor(code2, operation)
  });
}
function toInvalidResponseError(response, problem, { operation, secrets }) {
  const quote = describeError(response, secrets);
  return new ActionError(
    "RESPONSE_INVALID",
    `${capitalize(operation)} failed: the response (HTTP ${response.status}) ${problem}.${quote === "" ? "" : ` The server said: "${quote}".`}`,
    { remedy: remedyFor("RESPONSE_INVALID", operation) }
  );
}
function remedyFor(code2, operation) {
  return REMEDIES_BY_OPERATION[operation][code2] ?? REMEDIES[code2] ?? "";
}
function redirectHost({ headers: { location = "" } }, secrets) {
  const base = new URL("https://same.invalid");
  if (location === "" || !URL.canParse(location, base.href)) return "an unreadable address";
  const { host } = new URL(location, base);
  return host === base.host ? "the same host" : sanitize(host, secrets) || "no host";
}
function capitalize(text3) {
  return text3.charAt(0).toUpperCase() + text3.slice(1);
}
var CAUSES, GRANT_PERMISSION, REMEDIES_BY_OPERATION, REMEDIES, MUTUAL_TLS_REMEDY;
var init_response_error = __esm({
  "src/sprinklr/response-error.ts"() {
    "use strict";
    init_errors();
    init_redaction();
    init_classify_response();
    init_response();
    CAUSES = {
      API_KEY_INACTIVE: "`api-key` is unknown or inactive",
      CREDENTIALS_REJECTED: "Sprinklr rejected the credentials",
      ENVIRONMENT_MISMATCH: "`api-key` belongs to another environment",
      NOT_FOUND: "endpoint not found",
      PERMISSION_DENIED: "Sprinklr denied permission",
      RATE_LIMITED: "too many requests with this `api-key`",
      REDIRECTED: "the server redirected the call",
      RESPONSE_INVALID: "undocumented response",
      SERVER_ERROR: "server error"
    };
    GRANT_PERMISSION = "Ask a Sprinklr admin to give the user who consented the platform permission Generate Token.";
    REMEDIES_BY_OPERATION = {
      "token exchange": {
        CREDENTIALS_REJECTED: "Check, in this order: (1) `api-secret`; (2) `redirect-uri`, exactly as registered, including any trailing slash; (3) `private-key` belongs to the certificate registered under `app-id`; (4) `username` is an active login of this environment; (5) the certificate has not expired; (6) the machine's clock is correct.",
        NOT_FOUND: "Check `environment`, `gateway`, and `app-id` (from registration in this environment).",
        PERMISSION_DENIED: "Ask a Sprinklr admin to give the user in `username` the platform permission Generate Token."
      },
      registration: {
        CREDENTIALS_REJECTED: "The access token is not valid: it has expired, or a newer token for this `api-key` invalidated it. Get a new code from the browser consent, and run this again within 10 minutes.",
        NOT_FOUND: "Check `environment` and `gateway`: `api2` and `api3` register at different addresses.",
        PERMISSION_DENIED: GRANT_PERMISSION,
        SERVER_ERROR: "The certificate may have been registered, so the call was not retried. What a second registration of the same certificate does is not documented. Ask Sprinklr support, or create a new certificate and register that one.",
        RESPONSE_INVALID: "The certificate may have been registered. If the server names a reason, start there. Otherwise, check `gateway`, `environment`, and `base-url`."
      },
      "code exchange": {
        CREDENTIALS_REJECTED: "A code works once, for 10 minutes. Get a new one from the browser consent. If a new code is rejected, too, check `api-secret` and `redirect-uri`, exactly as registered, including any trailing slash.",
        NOT_FOUND: "Check `environment` and `gateway`.",
        PERMISSION_DENIED: GRANT_PERMISSION,
        SERVER_ERROR: "The code may have been used, so the call was not retried. Get a new one from the browser consent, and run this again."
      },
      "identity check": {
        CREDENTIALS_REJECTED: "The token is seconds old, so another job has probably requested a token with the same API key, which invalidates this one. Request one token and share it: see docs/parallel-jobs.md.",
        NOT_FOUND: "Check `environment` and `gateway`.",
        PERMISSION_DENIED: "Ask a Sprinklr admin to let the user in `username` call the API, or omit `verify` and `allowed-workspace-ids`."
      }
    };
    REMEDIES = {
      API_KEY_INACTIVE: "Check `api-key` for a wrong or missing character, and that `environment` is the one that the key was created for.",
      ENVIRONMENT_MISMATCH: 'Set `environment` to the one that `api-key` was created for. To find it, search the page source of the Sprinklr UI for "sentry-environment".',
      RATE_LIMITED: "By default, Sprinklr allows 10 requests per second and 1,000 per hour for each API key. Run this later, or with fewer calls.",
      REDIRECTED: "Check `environment`, `gateway`, and `base-url`. A login page or a proxy can also redirect.",
      RESPONSE_INVALID: "Check `gateway`, `environment`, and `base-url`, and whether a proxy responds in place of Sprinklr.",
      SERVER_ERROR: "Run this again later. If it persists, contact Sprinklr support with this run's timestamp."
    };
    MUTUAL_TLS_REMEDY = "Check `mtls-certificate` and `mtls-private-key`: the server requires a client certificate that has not expired, from a CA that it trusts.";
  }
});

// src/sprinklr/success-body.ts
function parseSuccessBody(response, options) {
  if (response.truncated) throw toInvalidResponseError(response, "is longer than 1 MiB", options);
  if (isCompressed(response))
    throw toInvalidResponseError(response, "is compressed, but no encoding was requested", options);
  const json = parseJson2(response.body);
  if (!isRecord(json)) throw toInvalidResponseError(response, "is not the documented JSON", options);
  if (errorList(json).length > 0 || typeof json["error"] === "string")
    throw toInvalidResponseError(response, "reports an error", options);
  return json;
}
var init_success_body = __esm({
  "src/sprinklr/success-body.ts"() {
    "use strict";
    init_response_error();
    init_response();
  }
});

// src/sprinklr/identity.ts
async function whoAmI(http2, { gateway, apiKey, accessToken }, { secrets }) {
  const context = { operation: "identity check", secrets };
  const request = {
    method: "GET",
    url: gateway.identityEndpoint,
    headers: { Authorization: `Bearer ${accessToken}`, Key: apiKey },
    body: ""
  };
  const response = await http2.send(() => request, "idempotent");
  if (response.status < 200 || response.status >= 300)
    throw toResponseError(response, context.operation, secrets);
  const { data } = parseSuccessBody(response, context);
  if (!isRecord(data)) throw toInvalidResponseError(response, "contains no user", context);
  const id = (field, what) => {
    const value = parseId(data[field]);
    if (value === void 0) throw toInvalidResponseError(response, `contains no ${what}`, context);
    return value;
  };
  return {
    userId: id("id", "user ID"),
    workspaceId: id("workspaceId", "workspace ID"),
    customerId: id("customerId", "customer ID"),
    ...optionalText(data, "name", secrets),
    ...optionalText(data, "email", secrets),
    ...optionalText(data, "type", secrets)
  };
}
function parseId(value) {
  if (typeof value === "number") return Number.isSafeInteger(value) && value >= 0 ? String(value) : void 0;
  return typeof value === "string" && /^\d{1,30}$/.test(value) ? value : void 0;
}
function optionalText(data, field, secrets) {
  const value = data[field];
  const text3 = typeof value === "string" ? sanitize(value, secrets) : "";
  return text3 === "" ? {} : { [field]: text3 };
}
var init_identity = __esm({
  "src/sprinklr/identity.ts"() {
    "use strict";
    init_redaction();
    init_response();
    init_success_body();
    init_response_error();
  }
});

// src/sprinklr/tokens.ts
async function exchangeAssertion(http2, exchange2, context) {
  const operation = "token exchange";
  const { log, secrets } = context;
  let clock = () => context.now();
  const request = () => exchangeRequest(exchange2, exchange2.sign(clock()));
  let response = await http2.send(request, "idempotent");
  const skew = response.status === 400 || response.status === 401 ? clockSkew(response, clock()) : 0;
  if (Math.abs(skew) > MAX_CLOCK_SKEW_SECONDS) {
    log.warning(
      `This machine's clock is ${Math.abs(skew).toFixed(0)} s ${skew > 0 ? "behind" : "ahead of"} Sprinklr's. Retrying with Sprinklr's time. Correct the machine's clock.`
    );
    clock = () => new Date(context.now().valueOf() + skew * 1e3);
    response = await http2.send(request, "never");
  }
  if (response.status < 200 || response.status >= 300) throw toResponseError(response, operation, secrets);
  return parseTokenResponse(response, { operation, context: { ...context, now: clock } });
}
function exchangeRequest({ gateway, app: app2, appId, parametersIn }, assertion) {
  const parameters = new URLSearchParams({ ...grantParameters(app2), refresh_token: assertion });
  const url = gateway.exchangeEndpoint(appId);
  if (parametersIn === "query") url.search = parameters.toString();
  return {
    method: "POST",
    url,
    headers: { key: app2.apiKey, "Content-Type": "application/x-www-form-urlencoded" },
    body: parametersIn === "body" ? parameters.toString() : ""
  };
}
function grantParameters({ apiKey, apiSecret, redirectUri }) {
  return {
    client_id: apiKey,
    client_secret: apiSecret,
    redirect_uri: redirectUri,
    grant_type: "authorization_code"
  };
}
function clockSkew({ headers }, now) {
  return ((serverDate(headers) ?? now).valueOf() - now.valueOf()) / 1e3;
}
function parseTokenResponse(response, { operation, context: { now, secrets } }) {
  const context = { operation, secrets };
  const body = parseSuccessBody(response, context);
  const value = body["access_token"];
  if (typeof value !== "string" || value === "")
    throw toInvalidResponseError(response, "contains no access token", context);
  if (!/^[\x21-\x7e]{8,}$/.test(value))
    throw toInvalidResponseError(
      response,
      "contains a token that is not one printable line of 8 characters or more",
      context
    );
  const type = body["token_type"] ?? "Bearer";
  if (typeof type !== "string" || type.toLowerCase() !== "bearer")
    throw toInvalidResponseError(response, "contains no bearer token", context);
  const lifetime2 = body["expires_in"] ?? body["Expires_in"];
  const expiresIn = typeof lifetime2 === "string" && /^\d+$/.test(lifetime2) ? Number(lifetime2) : lifetime2;
  if (typeof expiresIn !== "number" || !Number.isInteger(expiresIn) || expiresIn <= 0 || expiresIn > MAX_LIFETIME_SECONDS) {
    throw toInvalidResponseError(response, "has no usable token lifetime", context);
  }
  return { value, type: "Bearer", expiresIn, expiresAt: new Date(now().valueOf() + expiresIn * 1e3) };
}
var MAX_CLOCK_SKEW_SECONDS, MAX_LIFETIME_SECONDS;
var init_tokens = __esm({
  "src/sprinklr/tokens.ts"() {
    "use strict";
    init_success_body();
    init_response_error();
    init_retry_delay();
    MAX_CLOCK_SKEW_SECONDS = 30;
    MAX_LIFETIME_SECONDS = 100 * 365 * 24 * 3600;
  }
});

// src/modes/token.ts
async function token2(request, context) {
  const { certificate, gateway, app: app2, username: username2, seal } = request;
  if (certificate !== void 0) checkCertificate(certificate, request, context);
  const http2 = createHttpSession(request.http, context);
  const { appId, parametersIn } = request;
  const sign2 = (issuedAt) => signMasked(request, issuedAt, context);
  const accessToken = await exchangeAssertion(http2, { gateway, app: app2, appId, parametersIn, sign: sign2 }, context);
  const identityRequest = { gateway, apiKey: app2.apiKey, accessToken: accessToken.value };
  const identity = request.verify && await whoAmI(http2, identityRequest, context);
  if (identity) requireAllowedWorkspace(identity, request.verify.allowedWorkspaceIds);
  const result = {
    mode: "token",
    accessToken,
    apiUrl: gateway.apiUrl,
    username: username2,
    certificate,
    identity
  };
  return seal === void 0 ? result : { ...result, sealedToken: await sealResult(result, seal, context) };
}
function signMasked(request, issuedAt, { randomUUID: randomUUID3, secrets }) {
  const assertion = signAssertion({
    privateKey: request.privateKey,
    issuer: request.appId,
    subject: request.username,
    audience: request.audience,
    issuedAt,
    lifetime: request.assertionLifetime,
    id: randomUUID3()
  });
  secrets.mask(assertion);
  return assertion;
}
function requireAllowedWorkspace({ workspaceId }, allowed) {
  if (allowed.length === 0 || allowed.includes(workspaceId)) return;
  throw new ActionError(
    "WORKSPACE_NOT_ALLOWED",
    `The token is for workspace ${workspaceId}, which \`allowed-workspace-ids\` does not list. It was not output.`,
    {
      remedy: "Check that `app-id`, `private-key`, and `username` belong to the tenant that you meant: sandbox and production share host, key, and secret. Or add the workspace to `allowed-workspace-ids`.",
      inputs: ["allowed-workspace-ids"]
    }
  );
}
async function sealResult({ accessToken: { value, type, expiresAt }, apiUrl }, seal, { secrets }) {
  const payload = { accessToken: value, tokenType: type, expiresAt, apiUrl };
  for (let attempt2 = 1; attempt2 <= MAX_SEAL_ATTEMPTS; attempt2++) {
    const sealed = await sealToken(payload, seal);
    if (!secrets.containsSecret(sealed)) return sealed;
  }
  throw new ActionError(
    "INPUT_INVALID",
    "The token cannot be sealed: a secret input is so short that every sealed token contains it, and GitHub would drop the output.",
    { remedy: "Use secrets of 8 characters or more." }
  );
}
var MAX_SEAL_ATTEMPTS;
var init_token = __esm({
  "src/modes/token.ts"() {
    "use strict";
    init_assertion2();
    init_certificate();
    init_sealed_token();
    init_errors();
    init_http();
    init_identity();
    init_tokens();
    MAX_SEAL_ATTEMPTS = 10;
  }
});

// src/cli/doctor/network.ts
async function resolveName(origin) {
  const proxy = proxyFor(origin);
  const host = (proxy ?? origin).hostname.replace(/^\[|\]$/g, "");
  const role = proxy === void 0 ? "" : ", the proxy, which resolves all other names";
  try {
    const addresses = await (0, import_promises4.lookup)(host, { all: true });
    const list = [...new Set(addresses.map(({ address }) => address))].join(", ");
    return { status: "ok", found: `${host} is ${list}${role}.` };
  } catch (error) {
    const { code: code2 = "unknown" } = error;
    throw new ActionError("NETWORK_UNREACHABLE", `No address is known for ${host}${role} (${code2}).`, {
      remedy: "Check `base-url`, the network and name server of this machine, and https_proxy if others are reached through a proxy.",
      cause: error
    });
  }
}
async function reach(origin, http2) {
  const visit = { method: "GET", url: origin, headers: {}, body: "" };
  try {
    return await http2.send(() => visit, "never");
  } catch (error) {
    const named = error instanceof ActionError && error.code === "TLS_FAILED" ? nameTrouble(error) : error;
    throw named;
  }
}
function nameTrouble({ code: code2, message: message2, remedy }) {
  const [, found = ""] = /\(([A-Z_]+)\)/.exec(message2) ?? [];
  const [, trouble] = TROUBLES2.find(([pattern]) => pattern.test(found)) ?? [];
  return new ActionError(code2, trouble === void 0 ? message2 : `${message2} ${trouble}`, { remedy });
}
function compareClocks(answer2, now) {
  const theirs = serverDate(answer2.headers);
  if (theirs === void 0) return { status: "warning", found: "The answer does not tell the time." };
  const seconds = Math.round((now.valueOf() - theirs.valueOf()) / 1e3);
  const found = `This machine is ${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} Sprinklr.`;
  if (Math.abs(seconds) <= MAX_CLOCK_SKEW_SECONDS) return { status: "ok", found };
  return {
    status: "warning",
    found,
    remedy: "Set the clock of this machine: a JWT from the future, or one that has ended, is refused."
  };
}
var import_promises4, TROUBLES2;
var init_network = __esm({
  "src/cli/doctor/network.ts"() {
    "use strict";
    import_promises4 = require("node:dns/promises");
    init_errors();
    init_proxy2();
    init_tokens();
    init_retry_delay();
    TROUBLES2 = [
      [/^CERT_HAS_EXPIRED$/, "The certificate of the server has expired, or the clock of this machine is ahead."],
      [
        /^CERT_NOT_YET_VALID$/,
        "The certificate of the server has not begun, or the clock of this machine is behind."
      ],
      [/ALTNAME|HOSTNAME/, "The certificate of the server is for another name."],
      [/SELF_SIGNED|ISSUER|LEAF/, "The certificate of the server is from a CA that this machine does not trust."],
      [/EPROTO|WRONG_VERSION/, "The server does not speak TLS there, or wants a client certificate."]
    ];
  }
});

// src/cli/doctor/live.ts
function liveNotTried() {
  const found = "Not tried, because of what is wrong above.";
  return NAMES2.map((name) => ({ name, status: "skipped", found }));
}
async function* checkLive(live) {
  let stopped = "";
  for (const { name, run: run2 } of steps2(live)) {
    const check = stopped === "" ? await resultOf({ name, run: run2 }) : { name, status: "skipped", found: stopped };
    yield check;
    if (check.status === "wrong") stopped = `Not tried, because of what is wrong with the ${name}.`;
    if (check.status === "skipped") stopped ||= "Not tried.";
  }
}
async function resultOf({ name, run: run2 }) {
  try {
    return { name, ...await run2() };
  } catch (error) {
    if (error instanceof ActionError) return refused(name, error);
    throw error;
  }
}
function steps2({ request, secrets, consent }) {
  const { gateway, app: app2 } = request;
  const origin = new URL("/", gateway.apiUrl);
  const warnings = [];
  const surroundings = liveSurroundings(secrets, warnings);
  const once4 = { ...request, verify: void 0, http: { ...request.http, maxAttempts: 1 } };
  const http2 = () => createHttpSession(once4.http, surroundings);
  let answer2;
  let accessToken;
  const runs = {
    "name resolution": () => during("Resolving the name", resolveName(origin)),
    connection: async () => {
      answer2 = await during(`Calling ${origin.host}`, reach(origin, http2()));
      return { status: "ok", found: `${origin.origin} answers (HTTP ${answer2.status}).` };
    },
    "clock difference": () => Promise.resolve(compareClocks(answer2, surroundings.now())),
    exchange: async () => {
      if (!await consent()) return { status: "skipped", found: "Not made, as you said no." };
      const minted = await during("Exchanging a JWT", token2(once4, surroundings)).catch(suspectSwap);
      ({ accessToken } = minted);
      return describeToken(accessToken, warnings);
    },
    identity: async () => {
      const bearer = { gateway, apiKey: app2.apiKey, accessToken: accessToken.value };
      const identity = await during("Asking whose token it is", whoAmI(http2(), bearer, surroundings));
      const { userId, name, email, type, workspaceId, customerId } = identity;
      const who = [`user ${userId}`, name, email, type].filter((text3) => text3 !== void 0).join(", ");
      return {
        status: "ok",
        found: `The token is that of ${who}; workspace ${workspaceId}, customer ${customerId}. It was thrown away here; at Sprinklr it lives on until its end or the next exchange.`
      };
    }
  };
  return NAMES2.map((name) => ({ name, run: runs[name] }));
}
function liveSurroundings(secrets, warnings) {
  const silent = () => void 0;
  const warning = (line2) => {
    warnings.push(line2);
  };
  return {
    log: { debug: silent, info: silent, notice: silent, warning },
    secrets,
    now: () => /* @__PURE__ */ new Date(),
    random: Math.random,
    randomUUID: import_node_crypto10.randomUUID
  };
}
function suspectSwap(error) {
  if (!(error instanceof ActionError) || error.code !== "API_KEY_INACTIVE") throw error;
  throw new ActionError(error.code, error.message, {
    remedy: `${error.remedy} \`api-key\` and \`api-secret\` may also be swapped.`,
    cause: error
  });
}
function describeToken({ type, expiresIn, expiresAt }, warnings) {
  const found = `Sprinklr gave a ${type} token for ${expiresIn} s, to ${expiresAt.toISOString()}.`;
  return warnings.length === 0 ? { status: "ok", found } : { status: "warning", found: [found, ...warnings].join(" ") };
}
var import_node_crypto10, NAMES2;
var init_live = __esm({
  "src/cli/doctor/live.ts"() {
    "use strict";
    import_node_crypto10 = require("node:crypto");
    init_errors();
    init_token();
    init_http();
    init_identity();
    init_terminal();
    init_check();
    init_network();
    NAMES2 = ["name resolution", "connection", "clock difference", "exchange", "identity"];
  }
});

// src/cli/doctor/machine.ts
function checkMachine(gateway) {
  return [checkProxy(gateway), checkAuthorities(), checkTlsIsOn()];
}
function isSet2(name) {
  return [name, name.toUpperCase()].some((variable) => process.env[variable]);
}
function checkProxy(gateway) {
  const name = "proxy";
  if (gateway === void 0)
    return { name, status: "skipped", found: "Depends on gateway, environment and base-url." };
  const url = new URL(gateway.apiUrl);
  const proxy = attempt(() => proxyFor(url));
  if (proxy instanceof Error) return refused(name, proxy);
  if (proxy !== void 0) {
    const login = proxy.username === "" ? "" : ", with a user name and password";
    return { name, status: "ok", found: `${url.host} is reached through ${proxy.origin}${login}.` };
  }
  if (isLoopback(url.hostname)) return { name, status: "ok", found: "None, as for every loopback address." };
  if (isSet2("https_proxy")) return { name, status: "ok", found: `None: no_proxy exempts ${url.host}.` };
  const other = ["http_proxy", "all_proxy"].find(isSet2);
  if (other !== void 0) {
    return {
      name,
      status: "warning",
      found: `None: ${other} is set, but for https only https_proxy counts.`,
      remedy: `If ${url.host} is to be reached through a proxy, set https_proxy.`
    };
  }
  return { name, status: "ok", found: "None." };
}
function checkAuthorities() {
  const name = "NODE_EXTRA_CA_CERTS";
  const path = process.env[name] ?? "";
  if (path === "") return { name, status: "skipped", found: "Not set." };
  const wrong = (found) => ({
    name,
    status: "wrong",
    found,
    remedy: "Point it at a PEM file with the certificates of your CA, by its whole path, or unset it."
  });
  try {
    const count = (0, import_node_fs7.readFileSync)(path, "latin1").split("-----BEGIN CERTIFICATE-----").length - 1;
    if (count === 0) return wrong("Its file holds no certificate in PEM, so Node goes on without it.");
    return { name, status: "ok", found: `${count} more ${count === 1 ? "CA is" : "CAs are"} trusted.` };
  } catch {
    return wrong("Its file does not exist or cannot be read, so Node goes on without it.");
  }
}
function checkTlsIsOn() {
  const name = "NODE_TLS_REJECT_UNAUTHORIZED";
  if (process.env[name] !== "0") return { name, status: "ok", found: "Certificates of servers are checked." };
  return {
    name,
    status: "wrong",
    found: "It is 0, so anybody on the way can pose as Sprinklr and read the secrets.",
    remedy: "Unset it. For a private CA, set NODE_EXTRA_CA_CERTS."
  };
}
var import_node_fs7;
var init_machine = __esm({
  "src/cli/doctor/machine.ts"() {
    "use strict";
    import_node_fs7 = require("node:fs");
    init_gateway();
    init_proxy2();
    init_check();
  }
});

// src/cli/doctor/material.ts
function checkMaterial(subject, now) {
  const key = readKey(subject);
  const certificate = readOwnCertificate(subject);
  return {
    checks: [
      ...checkKey(key, subject),
      checkCertificate3(certificate, { subject, now }),
      checkPair(key, certificate)
    ],
    certificate: certificate instanceof ActionError ? void 0 : certificate
  };
}
function readKey({ values, action }) {
  const refusal = action("private-key", "private-key-passphrase");
  if (refusal !== void 0) return refusal;
  return parsePrivateKey({
    value: valueOf(values, "private-key"),
    passphrase: valueOf(values, "private-key-passphrase"),
    input: "private-key"
  });
}
function checkKey(key, { values, show }) {
  const name = "private-key";
  const unreadable = [name, "private-key-passphrase"].flatMap((input) => values.unreadable.get(input) ?? []);
  if (unreadable.length > 0) return unreadable.map((error) => unread(name, error, { show }));
  const given = values.given.get(name);
  if (given === void 0) return absent(name);
  if (key instanceof ActionError) return [refused(name, key)];
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  const found = [
    `${describeForm(given)}, RSA, ${bits} bits; SHA-256 of its public key ${publicFingerprint(key)}.`,
    describePassphrase(given.text, valueOf(values, "private-key-passphrase")),
    from(given, { show })
  ];
  return [{ name, status: "ok", found: found.filter((words) => words !== "").join(" ") }];
}
function describeForm({ text: text3, isBinary }) {
  const form = describePrivateKey(text3) ?? "";
  if (isBinary) return `${form.replace(/^base64 of /, "")}, the file itself (a secret holds its base64)`;
  return form.startsWith("PEM") ? `${form}, which is as good as DER` : form;
}
function describePassphrase(value, passphrase) {
  if (describePrivateKey(value)?.includes("encrypted") === true) return "The passphrase opens it.";
  return passphrase === "" ? "" : "It is not encrypted, so its passphrase is not used.";
}
function publicFingerprint(key) {
  const spki = (0, import_node_crypto11.createPublicKey)(key).export({ type: "spki", format: "der" });
  return (0, import_node_crypto11.createHash)("sha256").update(spki).digest("hex");
}
function readOwnCertificate({ values, action }) {
  return action("certificate") ?? attempt(() => parseCertificate(valueOf(values, "certificate"), "certificate"));
}
function checkCertificate3(certificate, { subject: { values, show }, now }) {
  const name = "certificate";
  const unreadable = values.unreadable.get(name);
  if (unreadable !== void 0) return unread(name, unreadable, { show });
  const given = values.given.get(name);
  if (given === void 0) {
    return { name, status: "skipped", found: "Not given (--certificate or SPRINKLR_CERTIFICATE)." };
  }
  if (certificate instanceof ActionError) return refused(name, certificate);
  const { subject, notBefore, expiresAt, fingerprint } = certificate;
  const validity = `valid from ${notBefore.toISOString()} to ${expiresAt.toISOString()}`;
  const found = `${show(subject)}, ${validity}, SHA-256 ${fingerprint}. ${from(given, { show })}`;
  const days = valueOf(values, "certificate-warning-days");
  const warning = attempt(() => checkValidity(certificate, { now, warningDays: Number(days) || 0 }));
  if (warning instanceof ActionError) return refused(name, warning);
  return warning === void 0 ? { name, status: "ok", found } : { name, status: "warning", found: `${found} ${warning}` };
}
function checkPair(key, certificate) {
  const name = "private-key and certificate";
  if (key instanceof ActionError || certificate instanceof ActionError) {
    return { name, status: "skipped", found: "Whether they belong together stays open: that takes both." };
  }
  const refusal = attempt(() => {
    requireMatch(certificate, key);
  });
  if (refusal instanceof ActionError) return refused(name, refusal);
  return { name, status: "ok", found: "They belong together." };
}
var import_node_crypto11;
var init_material = __esm({
  "src/cli/doctor/material.ts"() {
    "use strict";
    import_node_crypto11 = require("node:crypto");
    init_certificate();
    init_private_key();
    init_errors();
    init_check();
    init_inputs();
    init_values();
  }
});

// src/cli/doctor/report.ts
function printedReport() {
  const checks = [];
  return {
    heading: (text3) => {
      print("", paint("bold", text3));
    },
    add: (check) => {
      checks.push(check);
      const { name, status, found, remedy, code: code2 } = check;
      print(`  ${MARKS[status]}  ${name}: ${found}${code2 === void 0 ? "" : ` (${code2})`}`);
      if (remedy !== void 0) print(`           ${paint("cyan", remedy)}`);
    },
    finish: () => {
      const count = (status) => checks.filter((check) => check.status === status).length;
      const warnings = count("warning");
      const rest = warnings === 0 ? "" : `, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`;
      const wrong = count("wrong");
      print("", wrong === 0 ? `Nothing is wrong${rest}.` : `${wrong} wrong${rest}.`);
      return wrong === 0;
    }
  };
}
function jsonReport() {
  const checks = [];
  return {
    heading: () => void 0,
    add: (check) => {
      checks.push(check);
    },
    finish: () => {
      const ok = !checks.some(isWrong);
      print(JSON.stringify({ ok, checks }, null, 2));
      return ok;
    }
  };
}
var MARKS;
var init_report = __esm({
  "src/cli/doctor/report.ts"() {
    "use strict";
    init_terminal();
    init_check();
    MARKS = {
      ok: paint("green", "ok     "),
      warning: paint("yellow", "warning"),
      wrong: paint("red", "wrong  "),
      skipped: paint("dim", "-      ")
    };
  }
});

// src/cli/doctor.ts
var doctor_exports = {};
__export(doctor_exports, {
  doctor: () => doctor
});
function requireSomebodyToAsk(flags) {
  const { live = false, yes = false, json = false } = flags;
  if (yes === true && live !== true)
    throw usageError("--yes belongs to --live.", "Add --live, or leave --yes away.");
  if (live !== true || yes === true) return;
  const remedy = "The exchange ends the current token of the API key. Add --yes if that is what you want, or leave --live away.";
  if (json === true || !isInteractive() || readsStandardInput(flags))
    throw usageError("--live asks before it makes a token, and here nobody can answer.", remedy);
}
function requireSomething({ given, unreadable }) {
  if (given.size > 0 || unreadable.size > 0) return;
  throw usageError(
    "There is nothing to look at: no value was given.",
    'Give what you have, such as --private-key-file server.der. See "sprinklr-token doctor --help".'
  );
}
function protectedValues({ given }) {
  const secrets = createSecrets(() => void 0);
  for (const name of INPUT_NAMES.filter((input) => definitionOf(input).secret)) {
    const value = given.get(name);
    if (value === void 0) continue;
    secrets.mask(value.text.trim());
    secrets.mask(value.text);
  }
  return secrets;
}
function reportValues(values, secrets, report) {
  const now = /* @__PURE__ */ new Date();
  const show = (text3) => describePrivateKey(text3) === void 0 ? sanitize(text3, secrets) : "(a private key)";
  const subject = { values, action: createActionReader(values), show };
  const { checks, certificate } = checkMaterial(subject, now);
  const gateway = readGateway(subject);
  const known = { values, certificate };
  const sections = [
    [
      "Values",
      [...checks, ...checkClientCertificate(subject, now), ...checkInputs(subject), ...checkAge(known)]
    ],
    ["Addresses", listAddresses(gateway, subject)],
    ["This machine", [checkClock(known, now), ...checkMachine(gateway)]]
  ];
  for (const [heading2, found] of sections) {
    report.heading(heading2);
    for (const check of found) report.add(check);
  }
  return !sections.some(([, found]) => found.some(isWrong));
}
async function reportLive(about) {
  const { values, secrets, report, flags } = about;
  const request = attempt(() => readTokenRequest(values, secrets));
  if (request instanceof ActionError) {
    for (const check of [refused("inputs", request), ...liveNotTried()]) report.add(check);
    return;
  }
  const consent = async () => {
    if (flags["yes"] === true) return true;
    print(
      "",
      "The exchange makes a new token, and that ends the current token of this API key, whoever uses it."
    );
    return await confirm("Make the exchange?");
  };
  for await (const check of checkLive({ request, secrets, consent })) report.add(check);
}
var doctor;
var init_doctor = __esm({
  "src/cli/doctor.ts"() {
    "use strict";
    init_redaction();
    init_schema();
    init_private_key();
    init_errors();
    init_command();
    init_action_reader();
    init_addresses();
    init_check();
    init_client_certificate();
    init_clock();
    init_inputs();
    init_live();
    init_machine();
    init_material();
    init_report();
    init_values();
    init_terminal();
    doctor = {
      help: `Usage: sprinklr-token doctor [flags]

Looks at the values that the action would get, one by one, and says what is wrong and what to do. Sends nothing to
anybody, unless --live is given. Give all of them or only a few; a value comes from its flag or from its variable,
SPRINKLR_ and the input's name: SPRINKLR_USERNAME.

  --app-id TEXT  --username TEXT  --redirect-uri URL  --environment NAME  --gateway NAME  --base-url URL
  --audience TEXT  --assertion-lifetime N  --parameters-in WHERE  --certificate-warning-days N  --timeout-seconds N
  --certificate FILE  --mtls-certificate FILE

What is secret comes from a file (- for standard input) or from its variable, such as SPRINKLR_API_SECRET:
  --private-key-file FILE  --private-key-passphrase-file FILE  --api-key-file FILE  --api-secret-file FILE
  --mtls-private-key-file FILE  --mtls-passphrase-file FILE

  --live   also call Sprinklr: name, TLS, clock, then, once you have agreed, one token exchange, and whose token it is.
           The exchange ends the current token of the API key.
  --yes    agree to that exchange beforehand
  --json   one JSON document on standard output, for scripts

Exit code 0: nothing is wrong, though there may be warnings; 1: something is wrong; 2: wrong usage.

Example: SPRINKLR_API_KEY=\u2026 SPRINKLR_API_SECRET=\u2026 sprinklr-token doctor --private-key-file server.der \\
  --certificate server.crt --app-id eyJ\u2026 --username ci-bot@example.com --environment prod2 \\
  --redirect-uri https://www.example.com/callback`,
      options: {
        ...VALUE_FLAGS,
        live: { type: "boolean" },
        yes: { type: "boolean" },
        json: { type: "boolean" }
      },
      async run(flags) {
        requireSomebodyToAsk(flags);
        const values = await gatherValues(flags);
        requireSomething(values);
        const report = flags["json"] === true ? jsonReport() : printedReport();
        const secrets = protectedValues(values);
        const isSound = reportValues(values, secrets, report);
        if (flags["live"] === true) {
          report.heading("Sprinklr");
          if (isSound) await reportLive({ values, secrets, report, flags });
          else for (const check of liveNotTried()) report.add(check);
        }
        return report.finish() ? 0 : 1;
      }
    };
  }
});

// src/cli/simulate.ts
var simulate_exports = {};
__export(simulate_exports, {
  simulate: () => simulate
});
async function certificateOf(flags) {
  const path = textOf(flags, "certificate");
  if (path === "") return void 0;
  try {
    return parseCertificate(await readCertificateFile(path), "certificate");
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    if (error.code !== "CERTIFICATE_IS_PRIVATE_KEY")
      throw new DeskError(error.message.replace(/^The input certificate/, path), error.remedy);
    throw new DeskError(
      `${path} holds a private key, and --certificate takes what is made from it to be public.`,
      "Give the certificate, which step 3 of the guide calls server.crt. The key was not sent anywhere."
    );
  }
}
async function readCertificateFile(path) {
  if (path === "-") return await readText(path, "a certificate");
  const bytes = readFile(path, "a certificate");
  return bytes[0] === 48 ? bytes.toString("base64") : bytes.toString("utf8");
}
async function started(options) {
  try {
    return await startSimulator(options);
  } catch (error) {
    const { code: code2 = "" } = error;
    const { host, port } = options;
    switch (code2) {
      case "EADDRINUSE":
        throw new DeskError(
          `Port ${port} of ${host} is already taken.`,
          "Stop what listens there, or give another --port; 0 finds a free one."
        );
      case "EACCES":
        throw new DeskError(`This user may not listen at port ${port}.`, "Give a --port from 1024 on.");
      case "EADDRNOTAVAIL":
      case "ENOTFOUND":
        throw new DeskError(`${host} is no address of this machine.`, "Correct --host, or leave it away.");
      default:
        throw error;
    }
  }
}
function readFlags2(flags) {
  const host = textOf(flags, "host").replace(/^\[|\]$/g, "") || "127.0.0.1";
  if (!isLoopback(host) && flags["reachable-by-others"] !== true) {
    throw usageError(
      `--host ${host} would let other machines in.`,
      "Leave --host away, or add --reachable-by-others if that is what you want. It speaks plain HTTP unless --tls is given."
    );
  }
  const redirectUri = textOf(flags, "redirect-uri") || made.redirectUri;
  if (!URL.canParse(redirectUri))
    throw usageError("--redirect-uri is not an address.", "Give one like https://www.example.com/callback");
  const app2 = {
    apiKey: textOf(flags, "api-key") || made.apiKey,
    apiSecret: textOf(flags, "api-secret") || made.apiSecret,
    redirectUri,
    environment: environmentOf(flags)
  };
  const options = {
    apps: [app2],
    host,
    port: integerOf(flags, "port", { least: 0, most: 65535, default: DEFAULT_PORT }),
    gateway: choiceOf(flags, "gateway", GATEWAYS),
    rateLimit: {
      perSecond: integerOf(flags, "per-second", { ...LIMIT_RANGE, default: RATE_LIMIT.perSecond }),
      perHour: integerOf(flags, "per-hour", { ...LIMIT_RANGE, default: RATE_LIMIT.perHour })
    },
    // It may run for days, and nobody would ever ask for them.
    keepRequests: false,
    log: (line2) => {
      print(line2);
    }
  };
  return { app: app2, options, faults: (flags["fault"] ?? []).map(readFault) };
}
function readFault(text3) {
  try {
    return parseFaults(text3);
  } catch (error) {
    throw usageError(
      error.message,
      'See "sprinklr-token simulate --help" for what --fault takes.'
    );
  }
}
async function makeTls(host, folder) {
  const { key, certificate } = await generateServerCertificate({ hosts: [host], days: 7, now: /* @__PURE__ */ new Date() });
  (0, import_node_fs8.writeFileSync)((0, import_node_path7.join)(folder, "ca.pem"), certificate);
  return { key, cert: certificate };
}
var import_node_events3, import_node_fs8, import_node_os2, import_node_path7, DEFAULT_PORT, LIMIT_RANGE, made, simulate;
var init_simulate = __esm({
  "src/cli/simulate.ts"() {
    "use strict";
    import_node_events3 = require("node:events");
    import_node_fs8 = require("node:fs");
    import_node_os2 = require("node:os");
    import_node_path7 = require("node:path");
    init_keygen();
    init_certificate();
    init_errors();
    init_simulator();
    init_gateway();
    init_command();
    init_files();
    init_gateway_flags();
    init_terminal();
    DEFAULT_PORT = 8899;
    LIMIT_RANGE = { least: 1, most: 1e6 };
    made = {
      apiKey: "simulated-api-key",
      apiSecret: "simulated-api-secret",
      redirectUri: "http://127.0.0.1:8898/callback"
    };
    simulate = {
      help: `Usage: sprinklr-token simulate [flags]

Runs a local Sprinklr until Ctrl-C: registration, consent page, code grant, token exchange, who am I, rate limits,
one live token per API key. It is strict, and logs why it says no. Point the action's base-url at it.

  --port N            default ${DEFAULT_PORT}; 0 for any free one
  --environment NAME  like prod2; default the default production environment
  --gateway NAME      api2 (default) or api3
  --certificate FILE  a certificate that is registered already; prints its App ID
  --api-key TEXT      default ${made.apiKey}         Made-up values only: they end up in
  --api-secret TEXT   default ${made.apiSecret}      the shell's history.
  --redirect-uri URL  default ${made.redirectUri}
  --per-second N      most calls with the API key in a second; default ${RATE_LIMIT.perSecond}
  --per-hour N        the same in an hour; default ${RATE_LIMIT.perHour}
  --fault SCRIPT      what goes wrong, and when; may be given several times
  --tls               HTTPS, with a certificate made on the spot
  --host ADDRESS      default 127.0.0.1; any but a loopback address also needs --reachable-by-others
  --reachable-by-others

A fault script is
${FAULT_GRAMMAR.replace(/^(?=.)/gm, "  ")}

Example: sprinklr-token simulate --environment prod2 --certificate server.crt --fault apptoken=503x2`,
      options: {
        port: { type: "string" },
        environment: { type: "string" },
        gateway: { type: "string" },
        certificate: { type: "string" },
        "api-key": { type: "string" },
        "api-secret": { type: "string" },
        "redirect-uri": { type: "string" },
        "per-second": { type: "string" },
        "per-hour": { type: "string" },
        fault: { type: "string", multiple: true },
        tls: { type: "boolean" },
        host: { type: "string" },
        "reachable-by-others": { type: "boolean" }
      },
      async run(flags) {
        const { app: app2, faults, options } = readFlags2(flags);
        const certificate = await certificateOf(flags);
        const folder = flags["tls"] === true ? (0, import_node_fs8.mkdtempSync)((0, import_node_path7.join)((0, import_node_os2.tmpdir)(), "sprinklr-simulator-")) : void 0;
        const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
        const interrupted = Promise.race(signals.map((signal) => (0, import_node_events3.once)(process, signal)));
        try {
          const simulator = await started({
            ...options,
            ...folder !== void 0 && { tls: await makeTls(options.host, folder) }
          });
          for (const { endpoint, faults: script } of faults) simulator.fault(endpoint, ...script);
          const { apiUrl } = createGateway({
            gateway: options.gateway,
            environment: app2.environment,
            baseUrl: new URL(simulator.origin)
          });
          print(
            paint("bold", `A simulated Sprinklr listens at ${simulator.origin}`),
            `  base-url      ${simulator.origin}`,
            `  gateway       ${options.gateway}`,
            `  environment   ${app2.environment === "" ? "(empty: default production)" : app2.environment}`,
            `  api-key       ${app2.apiKey}`,
            `  api-secret    ${app2.apiSecret === made.apiSecret ? app2.apiSecret : "(as given)"}`,
            `  redirect-uri  ${app2.redirectUri}`,
            `  API URL       ${apiUrl}`
          );
          if (certificate !== void 0)
            print(`  app-id        ${simulator.register(certificate.pem, app2.apiKey)}`);
          if (folder !== void 0) {
            print(
              `To trust its certificate, set NODE_EXTRA_CA_CERTS=${(0, import_node_path7.join)(folder, "ca.pem")} (curl: --cacert with the same file).`
            );
          }
          print("What it holds: open the address above in a browser. Ctrl-C ends it.", "");
          await interrupted;
          await simulator.close();
          return 0;
        } finally {
          if (folder !== void 0) (0, import_node_fs8.rmSync)(folder, { recursive: true, force: true });
        }
      }
    };
  }
});

// src/cli/main.ts
init_errors();
init_command();
init_program();
init_terminal();
var commands = {
  demo: {
    summary: "Show the whole way, from a key to an API call, on a local Sprinklr",
    load: async () => (await Promise.resolve().then(() => (init_demo(), demo_exports))).demo
  },
  keygen: {
    summary: "Make a key and a certificate, and store them in GitHub",
    load: async () => (await Promise.resolve().then(() => (init_keygen2(), keygen_exports))).keygen
  },
  authorize: {
    summary: "Get a one-time code by the consent in a browser, for registering",
    load: async () => (await Promise.resolve().then(() => (init_authorize(), authorize_exports))).authorize
  },
  doctor: {
    summary: "Explain a set of credentials, and what is wrong with them",
    load: async () => (await Promise.resolve().then(() => (init_doctor(), doctor_exports))).doctor
  },
  simulate: {
    summary: "Run a local Sprinklr, to try a pipeline on without Sprinklr",
    load: async () => (await Promise.resolve().then(() => (init_simulate(), simulate_exports))).simulate
  }
};
function overview() {
  const names = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`);
  return [
    "sprinklr-token: what is done at a desk to get Sprinklr access tokens in CI",
    "",
    "Usage: sprinklr-token <command> [flags]",
    "",
    ...names,
    "",
    "  --help     of any command, its flags and an example",
    "  --version",
    "  --debug    with any command, show where an unexpected error arose"
  ].join("\n");
}
async function main(args2) {
  const [name = "--help", ...rest] = args2;
  if (name === "--version" || name === "-v") {
    print(programVersion());
    return 0;
  }
  if (["--help", "-h", "help"].includes(name)) {
    print(overview());
    return args2.length === 0 ? 2 : 0;
  }
  const listed = Object.hasOwn(commands, name) ? commands[name] : void 0;
  if (listed === void 0) {
    const near = nearest(name, Object.keys(commands));
    throw usageError(
      "There is no such command.",
      near === void 0 ? 'See "sprinklr-token --help".' : `Did you mean ${near}?`
    );
  }
  const command = await listed.load();
  const flags = parseFlags(name, command, rest);
  if (flags["help"] === true) {
    print(command.help);
    return 0;
  }
  return await command.run(flags);
}
var TROUBLES3 = {
  EACCES: "permission denied",
  EADDRINUSE: "the port is already taken",
  EEXIST: "it exists already",
  EISDIR: "it is a folder",
  ENOENT: "it does not exist",
  ENOSPC: "the disk is full",
  ENOTDIR: "a part of the path is not a folder",
  EPERM: "permission denied",
  EROFS: "the disk is read-only"
};
function explain(error) {
  if (error instanceof DeskError)
    return { problem: error.message, remedy: error.remedy, exitCode: error.exitCode };
  if (error instanceof ActionError)
    return { problem: `${error.message} (${error.code})`, remedy: error.remedy, exitCode: 1 };
  const { code: code2 = "", path } = error;
  const trouble = TROUBLES3[code2];
  if (trouble !== void 0) {
    return {
      problem: `${path ?? "That did not work"}: ${trouble}.`,
      remedy: "Correct that, then run it again.",
      exitCode: 1
    };
  }
  return {
    problem: "sprinklr-token failed in a way that it should not.",
    remedy: "Run it again with --debug, and open an issue with what it prints.",
    exitCode: 1
  };
}
var args = process.argv.slice(2);
main(args).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error) => {
    const { problem, remedy, exitCode } = explain(error);
    printError(paint("red", problem), remedy);
    if (args.includes("--debug") && error instanceof Error) printError(error.stack ?? "");
    process.exitCode = exitCode;
  }
);
