/******/ (() => { // webpackBootstrap
/******/ 	var __webpack_modules__ = ({

/***/ 770:
/***/ ((module, __unused_webpack_exports, __nccwpck_require__) => {

module.exports = __nccwpck_require__(218);


/***/ }),

/***/ 218:
/***/ ((__unused_webpack_module, exports, __nccwpck_require__) => {

"use strict";
var __webpack_unused_export__;


var net = __nccwpck_require__(278);
var tls = __nccwpck_require__(756);
var http = __nccwpck_require__(611);
var https = __nccwpck_require__(692);
var events = __nccwpck_require__(434);
var assert = __nccwpck_require__(613);
var util = __nccwpck_require__(23);


exports.httpOverHttp = httpOverHttp;
exports.httpsOverHttp = httpsOverHttp;
exports.httpOverHttps = httpOverHttps;
exports.httpsOverHttps = httpsOverHttps;


function httpOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  return agent;
}

function httpsOverHttp(options) {
  var agent = new TunnelingAgent(options);
  agent.request = http.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}

function httpOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  return agent;
}

function httpsOverHttps(options) {
  var agent = new TunnelingAgent(options);
  agent.request = https.request;
  agent.createSocket = createSecureSocket;
  agent.defaultPort = 443;
  return agent;
}


function TunnelingAgent(options) {
  var self = this;
  self.options = options || {};
  self.proxyOptions = self.options.proxy || {};
  self.maxSockets = self.options.maxSockets || http.Agent.defaultMaxSockets;
  self.requests = [];
  self.sockets = [];

  self.on('free', function onFree(socket, host, port, localAddress) {
    var options = toOptions(host, port, localAddress);
    for (var i = 0, len = self.requests.length; i < len; ++i) {
      var pending = self.requests[i];
      if (pending.host === options.host && pending.port === options.port) {
        // Detect the request to connect same origin server,
        // reuse the connection.
        self.requests.splice(i, 1);
        pending.request.onSocket(socket);
        return;
      }
    }
    socket.destroy();
    self.removeSocket(socket);
  });
}
util.inherits(TunnelingAgent, events.EventEmitter);

TunnelingAgent.prototype.addRequest = function addRequest(req, host, port, localAddress) {
  var self = this;
  var options = mergeOptions({request: req}, self.options, toOptions(host, port, localAddress));

  if (self.sockets.length >= this.maxSockets) {
    // We are over limit so we'll add it to the queue.
    self.requests.push(options);
    return;
  }

  // If we are under maxSockets create a new one.
  self.createSocket(options, function(socket) {
    socket.on('free', onFree);
    socket.on('close', onCloseOrRemove);
    socket.on('agentRemove', onCloseOrRemove);
    req.onSocket(socket);

    function onFree() {
      self.emit('free', socket, options);
    }

    function onCloseOrRemove(err) {
      self.removeSocket(socket);
      socket.removeListener('free', onFree);
      socket.removeListener('close', onCloseOrRemove);
      socket.removeListener('agentRemove', onCloseOrRemove);
    }
  });
};

TunnelingAgent.prototype.createSocket = function createSocket(options, cb) {
  var self = this;
  var placeholder = {};
  self.sockets.push(placeholder);

  var connectOptions = mergeOptions({}, self.proxyOptions, {
    method: 'CONNECT',
    path: options.host + ':' + options.port,
    agent: false,
    headers: {
      host: options.host + ':' + options.port
    }
  });
  if (options.localAddress) {
    connectOptions.localAddress = options.localAddress;
  }
  if (connectOptions.proxyAuth) {
    connectOptions.headers = connectOptions.headers || {};
    connectOptions.headers['Proxy-Authorization'] = 'Basic ' +
        new Buffer(connectOptions.proxyAuth).toString('base64');
  }

  debug('making CONNECT request');
  var connectReq = self.request(connectOptions);
  connectReq.useChunkedEncodingByDefault = false; // for v0.6
  connectReq.once('response', onResponse); // for v0.6
  connectReq.once('upgrade', onUpgrade);   // for v0.6
  connectReq.once('connect', onConnect);   // for v0.7 or later
  connectReq.once('error', onError);
  connectReq.end();

  function onResponse(res) {
    // Very hacky. This is necessary to avoid http-parser leaks.
    res.upgrade = true;
  }

  function onUpgrade(res, socket, head) {
    // Hacky.
    process.nextTick(function() {
      onConnect(res, socket, head);
    });
  }

  function onConnect(res, socket, head) {
    connectReq.removeAllListeners();
    socket.removeAllListeners();

    if (res.statusCode !== 200) {
      debug('tunneling socket could not be established, statusCode=%d',
        res.statusCode);
      socket.destroy();
      var error = new Error('tunneling socket could not be established, ' +
        'statusCode=' + res.statusCode);
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    if (head.length > 0) {
      debug('got illegal response body from proxy');
      socket.destroy();
      var error = new Error('got illegal response body from proxy');
      error.code = 'ECONNRESET';
      options.request.emit('error', error);
      self.removeSocket(placeholder);
      return;
    }
    debug('tunneling connection has established');
    self.sockets[self.sockets.indexOf(placeholder)] = socket;
    return cb(socket);
  }

  function onError(cause) {
    connectReq.removeAllListeners();

    debug('tunneling socket could not be established, cause=%s\n',
          cause.message, cause.stack);
    var error = new Error('tunneling socket could not be established, ' +
                          'cause=' + cause.message);
    error.code = 'ECONNRESET';
    options.request.emit('error', error);
    self.removeSocket(placeholder);
  }
};

TunnelingAgent.prototype.removeSocket = function removeSocket(socket) {
  var pos = this.sockets.indexOf(socket)
  if (pos === -1) {
    return;
  }
  this.sockets.splice(pos, 1);

  var pending = this.requests.shift();
  if (pending) {
    // If we have pending requests and a socket gets closed a new one
    // needs to be created to take over in the pool for the one that closed.
    this.createSocket(pending, function(socket) {
      pending.request.onSocket(socket);
    });
  }
};

function createSecureSocket(options, cb) {
  var self = this;
  TunnelingAgent.prototype.createSocket.call(self, options, function(socket) {
    var hostHeader = options.request.getHeader('host');
    var tlsOptions = mergeOptions({}, self.options, {
      socket: socket,
      servername: hostHeader ? hostHeader.replace(/:.*$/, '') : options.host
    });

    // 0 is dummy port for v0.6
    var secureSocket = tls.connect(0, tlsOptions);
    self.sockets[self.sockets.indexOf(socket)] = secureSocket;
    cb(secureSocket);
  });
}


function toOptions(host, port, localAddress) {
  if (typeof host === 'string') { // since v0.10
    return {
      host: host,
      port: port,
      localAddress: localAddress
    };
  }
  return host; // for v0.11 or later
}

function mergeOptions(target) {
  for (var i = 1, len = arguments.length; i < len; ++i) {
    var overrides = arguments[i];
    if (typeof overrides === 'object') {
      var keys = Object.keys(overrides);
      for (var j = 0, keyLen = keys.length; j < keyLen; ++j) {
        var k = keys[j];
        if (overrides[k] !== undefined) {
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
    var args = Array.prototype.slice.call(arguments);
    if (typeof args[0] === 'string') {
      args[0] = 'TUNNEL: ' + args[0];
    } else {
      args.unshift('TUNNEL:');
    }
    console.error.apply(console, args);
  }
} else {
  debug = function() {};
}
__webpack_unused_export__ = debug; // for test


/***/ }),

/***/ 613:
/***/ ((module) => {

"use strict";
module.exports = require("assert");

/***/ }),

/***/ 434:
/***/ ((module) => {

"use strict";
module.exports = require("events");

/***/ }),

/***/ 611:
/***/ ((module) => {

"use strict";
module.exports = require("http");

/***/ }),

/***/ 692:
/***/ ((module) => {

"use strict";
module.exports = require("https");

/***/ }),

/***/ 278:
/***/ ((module) => {

"use strict";
module.exports = require("net");

/***/ }),

/***/ 756:
/***/ ((module) => {

"use strict";
module.exports = require("tls");

/***/ }),

/***/ 23:
/***/ ((module) => {

"use strict";
module.exports = require("util");

/***/ })

/******/ 	});
/************************************************************************/
/******/ 	// The module cache
/******/ 	var __webpack_module_cache__ = {};
/******/ 	
/******/ 	// The require function
/******/ 	function __nccwpck_require__(moduleId) {
/******/ 		// Check if module is in cache
/******/ 		var cachedModule = __webpack_module_cache__[moduleId];
/******/ 		if (cachedModule !== undefined) {
/******/ 			return cachedModule.exports;
/******/ 		}
/******/ 		// Create a new module (and put it into the cache)
/******/ 		var module = __webpack_module_cache__[moduleId] = {
/******/ 			// no module.id needed
/******/ 			// no module.loaded needed
/******/ 			exports: {}
/******/ 		};
/******/ 	
/******/ 		// Execute the module function
/******/ 		var threw = true;
/******/ 		try {
/******/ 			__webpack_modules__[moduleId](module, module.exports, __nccwpck_require__);
/******/ 			threw = false;
/******/ 		} finally {
/******/ 			if(threw) delete __webpack_module_cache__[moduleId];
/******/ 		}
/******/ 	
/******/ 		// Return the exports of the module
/******/ 		return module.exports;
/******/ 	}
/******/ 	
/************************************************************************/
/******/ 	/* webpack/runtime/asset-relocator-loader */
/******/ 	if (typeof __nccwpck_require__ !== 'undefined') __nccwpck_require__.ab = __dirname + "/";
/******/ 	
/******/ 	/* webpack/runtime/create fake namespace object */
/******/ 	(() => {
/******/ 		var getProto = Object.getPrototypeOf ? (obj) => (Object.getPrototypeOf(obj)) : (obj) => (obj.__proto__);
/******/ 		var leafPrototypes;
/******/ 		// create a fake namespace object
/******/ 		// mode & 1: value is a module id, require it
/******/ 		// mode & 2: merge all properties of value into the ns
/******/ 		// mode & 4: return value when already ns object
/******/ 		// mode & 16: return value when it's Promise-like
/******/ 		// mode & 8|1: behave like require
/******/ 		__nccwpck_require__.t = function(value, mode) {
/******/ 			if(mode & 1) value = this(value);
/******/ 			if(mode & 8) return value;
/******/ 			if(typeof value === 'object' && value) {
/******/ 				if((mode & 4) && value.__esModule) return value;
/******/ 				if((mode & 16) && typeof value.then === 'function') return value;
/******/ 			}
/******/ 			var ns = Object.create(null);
/******/ 			__nccwpck_require__.r(ns);
/******/ 			var def = {};
/******/ 			leafPrototypes = leafPrototypes || [null, getProto({}), getProto([]), getProto(getProto)];
/******/ 			for(var current = mode & 2 && value; typeof current == 'object' && !~leafPrototypes.indexOf(current); current = getProto(current)) {
/******/ 				Object.getOwnPropertyNames(current).forEach((key) => (def[key] = () => (value[key])));
/******/ 			}
/******/ 			def['default'] = () => (value);
/******/ 			__nccwpck_require__.d(ns, def);
/******/ 			return ns;
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/define property getters */
/******/ 	(() => {
/******/ 		// define getter functions for harmony exports
/******/ 		__nccwpck_require__.d = (exports, definition) => {
/******/ 			for(var key in definition) {
/******/ 				if(__nccwpck_require__.o(definition, key) && !__nccwpck_require__.o(exports, key)) {
/******/ 					Object.defineProperty(exports, key, { enumerable: true, get: definition[key] });
/******/ 				}
/******/ 			}
/******/ 		};
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/hasOwnProperty shorthand */
/******/ 	(() => {
/******/ 		__nccwpck_require__.o = (obj, prop) => (Object.prototype.hasOwnProperty.call(obj, prop))
/******/ 	})();
/******/ 	
/******/ 	/* webpack/runtime/make namespace object */
/******/ 	(() => {
/******/ 		// define __esModule on exports
/******/ 		__nccwpck_require__.r = (exports) => {
/******/ 			if(typeof Symbol !== 'undefined' && Symbol.toStringTag) {
/******/ 				Object.defineProperty(exports, Symbol.toStringTag, { value: 'Module' });
/******/ 			}
/******/ 			Object.defineProperty(exports, '__esModule', { value: true });
/******/ 		};
/******/ 	})();
/******/ 	
/************************************************************************/
var __webpack_exports__ = {};
// This entry need to be wrapped in an IIFE because it need to be in strict mode.
(() => {
"use strict";

;// CONCATENATED MODULE: external "node:crypto"
const external_node_crypto_namespaceObject = require("node:crypto");
;// CONCATENATED MODULE: external "os"
const external_os_namespaceObject = require("os");
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/utils.js
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */
/**
 * Sanitizes an input into a string so it can be passed into issueCommand safely
 * @param input input to sanitize into a string
 */
function utils_toCommandValue(input) {
    if (input === null || input === undefined) {
        return '';
    }
    else if (typeof input === 'string' || input instanceof String) {
        return input;
    }
    return JSON.stringify(input);
}
/**
 *
 * @param annotationProperties
 * @returns The command properties to send with the actual annotation command
 * See IssueCommandProperties: https://github.com/actions/runner/blob/main/src/Runner.Worker/ActionCommandManager.cs#L646
 */
function toCommandProperties(annotationProperties) {
    if (!Object.keys(annotationProperties).length) {
        return {};
    }
    return {
        title: annotationProperties.title,
        file: annotationProperties.file,
        line: annotationProperties.startLine,
        endLine: annotationProperties.endLine,
        col: annotationProperties.startColumn,
        endColumn: annotationProperties.endColumn
    };
}
//# sourceMappingURL=utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/command.js


/**
 * Issues a command to the GitHub Actions runner
 *
 * @param command - The command name to issue
 * @param properties - Additional properties for the command (key-value pairs)
 * @param message - The message to include with the command
 * @remarks
 * This function outputs a specially formatted string to stdout that the Actions
 * runner interprets as a command. These commands can control workflow behavior,
 * set outputs, create annotations, mask values, and more.
 *
 * Command Format:
 *   ::name key=value,key=value::message
 *
 * @example
 * ```typescript
 * // Issue a warning annotation
 * issueCommand('warning', {}, 'This is a warning message');
 * // Output: ::warning::This is a warning message
 *
 * // Set an environment variable
 * issueCommand('set-env', { name: 'MY_VAR' }, 'some value');
 * // Output: ::set-env name=MY_VAR::some value
 *
 * // Add a secret mask
 * issueCommand('add-mask', {}, 'secretValue123');
 * // Output: ::add-mask::secretValue123
 * ```
 *
 * @internal
 * This is an internal utility function that powers the public API functions
 * such as setSecret, warning, error, and exportVariable.
 */
function command_issueCommand(command, properties, message) {
    const cmd = new Command(command, properties, message);
    process.stdout.write(cmd.toString() + external_os_namespaceObject.EOL);
}
function command_issue(name, message = '') {
    command_issueCommand(name, {}, message);
}
const CMD_STRING = '::';
class Command {
    constructor(command, properties, message) {
        if (!command) {
            command = 'missing.command';
        }
        this.command = command;
        this.properties = properties;
        this.message = message;
    }
    toString() {
        let cmdStr = CMD_STRING + this.command;
        if (this.properties && Object.keys(this.properties).length > 0) {
            cmdStr += ' ';
            let first = true;
            for (const key in this.properties) {
                if (this.properties.hasOwnProperty(key)) {
                    const val = this.properties[key];
                    if (val) {
                        if (first) {
                            first = false;
                        }
                        else {
                            cmdStr += ',';
                        }
                        cmdStr += `${key}=${escapeProperty(val)}`;
                    }
                }
            }
        }
        cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
        return cmdStr;
    }
}
function escapeData(s) {
    return utils_toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A');
}
function escapeProperty(s) {
    return utils_toCommandValue(s)
        .replace(/%/g, '%25')
        .replace(/\r/g, '%0D')
        .replace(/\n/g, '%0A')
        .replace(/:/g, '%3A')
        .replace(/,/g, '%2C');
}
//# sourceMappingURL=command.js.map
;// CONCATENATED MODULE: external "crypto"
const external_crypto_namespaceObject = require("crypto");
;// CONCATENATED MODULE: external "fs"
const external_fs_namespaceObject = require("fs");
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/file-command.js
// For internal use, subject to change.
// We use any as a valid input type
/* eslint-disable @typescript-eslint/no-explicit-any */




function file_command_issueFileCommand(command, message) {
    const filePath = process.env[`GITHUB_${command}`];
    if (!filePath) {
        throw new Error(`Unable to find environment variable for file command ${command}`);
    }
    if (!external_fs_namespaceObject.existsSync(filePath)) {
        throw new Error(`Missing file at path: ${filePath}`);
    }
    external_fs_namespaceObject.appendFileSync(filePath, `${utils_toCommandValue(message)}${external_os_namespaceObject.EOL}`, {
        encoding: 'utf8'
    });
}
function file_command_prepareKeyValueMessage(key, value) {
    const delimiter = `ghadelimiter_${external_crypto_namespaceObject.randomUUID()}`;
    const convertedValue = utils_toCommandValue(value);
    // These should realistically never happen, but just in case someone finds a
    // way to exploit uuid generation let's not allow keys or values that contain
    // the delimiter.
    if (key.includes(delimiter)) {
        throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
    }
    if (convertedValue.includes(delimiter)) {
        throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
    }
    return `${key}<<${delimiter}${external_os_namespaceObject.EOL}${convertedValue}${external_os_namespaceObject.EOL}${delimiter}`;
}
//# sourceMappingURL=file-command.js.map
;// CONCATENATED MODULE: external "path"
const external_path_namespaceObject = require("path");
// EXTERNAL MODULE: external "http"
var external_http_ = __nccwpck_require__(611);
var external_http_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_http_, 2);
// EXTERNAL MODULE: external "https"
var external_https_ = __nccwpck_require__(692);
var external_https_namespaceObject = /*#__PURE__*/__nccwpck_require__.t(external_https_, 2);
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/proxy.js
function proxy_getProxyUrl(reqUrl) {
    const usingSsl = reqUrl.protocol === 'https:';
    if (checkBypass(reqUrl)) {
        return undefined;
    }
    const proxyVar = (() => {
        if (usingSsl) {
            return process.env['https_proxy'] || process.env['HTTPS_PROXY'];
        }
        else {
            return process.env['http_proxy'] || process.env['HTTP_PROXY'];
        }
    })();
    if (proxyVar) {
        try {
            return new DecodedURL(proxyVar);
        }
        catch (_a) {
            if (!proxyVar.startsWith('http://') && !proxyVar.startsWith('https://'))
                return new DecodedURL(`http://${proxyVar}`);
        }
    }
    else {
        return undefined;
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
    const noProxy = process.env['no_proxy'] || process.env['NO_PROXY'] || '';
    if (!noProxy) {
        return false;
    }
    // Determine the request port
    let reqPort;
    if (reqUrl.port) {
        reqPort = Number(reqUrl.port);
    }
    else if (reqUrl.protocol === 'http:') {
        reqPort = 80;
    }
    else if (reqUrl.protocol === 'https:') {
        reqPort = 443;
    }
    // Format the request hostname and hostname with port
    const upperReqHosts = [reqUrl.hostname.toUpperCase()];
    if (typeof reqPort === 'number') {
        upperReqHosts.push(`${upperReqHosts[0]}:${reqPort}`);
    }
    // Compare request host against noproxy
    for (const upperNoProxyItem of noProxy
        .split(',')
        .map(x => x.trim().toUpperCase())
        .filter(x => x)) {
        if (upperNoProxyItem === '*' ||
            upperReqHosts.some(x => x === upperNoProxyItem ||
                x.endsWith(`.${upperNoProxyItem}`) ||
                (upperNoProxyItem.startsWith('.') &&
                    x.endsWith(`${upperNoProxyItem}`)))) {
            return true;
        }
    }
    return false;
}
function isLoopbackAddress(host) {
    const hostLower = host.toLowerCase();
    return (hostLower === 'localhost' ||
        hostLower.startsWith('127.') ||
        hostLower.startsWith('[::1]') ||
        hostLower.startsWith('[0:0:0:0:0:0:0:1]'));
}
class DecodedURL extends URL {
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
}
//# sourceMappingURL=proxy.js.map
// EXTERNAL MODULE: ./node_modules/tunnel/index.js
var tunnel = __nccwpck_require__(770);
;// CONCATENATED MODULE: ./scripts/left-out/undici.ts
/**
 * Stands in for `undici` in the bundles. `@actions/http-client` imports it at its top for
 * `getAgentDispatcher`, which nothing here calls; the real one is a megabyte that every step would
 * have to parse. If a later version does reach for it, this says so instead of doing half a job.
 */
// The shape that is imported is a class.
// eslint-disable-next-line @typescript-eslint/no-extraneous-class
class ProxyAgent {
    constructor() {
        throw new Error('undici is left out of this bundle: see scripts/left-out/');
    }
}

;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/index.js
/* eslint-disable @typescript-eslint/no-explicit-any */
var __awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};





var HttpCodes;
(function (HttpCodes) {
    HttpCodes[HttpCodes["OK"] = 200] = "OK";
    HttpCodes[HttpCodes["MultipleChoices"] = 300] = "MultipleChoices";
    HttpCodes[HttpCodes["MovedPermanently"] = 301] = "MovedPermanently";
    HttpCodes[HttpCodes["ResourceMoved"] = 302] = "ResourceMoved";
    HttpCodes[HttpCodes["SeeOther"] = 303] = "SeeOther";
    HttpCodes[HttpCodes["NotModified"] = 304] = "NotModified";
    HttpCodes[HttpCodes["UseProxy"] = 305] = "UseProxy";
    HttpCodes[HttpCodes["SwitchProxy"] = 306] = "SwitchProxy";
    HttpCodes[HttpCodes["TemporaryRedirect"] = 307] = "TemporaryRedirect";
    HttpCodes[HttpCodes["PermanentRedirect"] = 308] = "PermanentRedirect";
    HttpCodes[HttpCodes["BadRequest"] = 400] = "BadRequest";
    HttpCodes[HttpCodes["Unauthorized"] = 401] = "Unauthorized";
    HttpCodes[HttpCodes["PaymentRequired"] = 402] = "PaymentRequired";
    HttpCodes[HttpCodes["Forbidden"] = 403] = "Forbidden";
    HttpCodes[HttpCodes["NotFound"] = 404] = "NotFound";
    HttpCodes[HttpCodes["MethodNotAllowed"] = 405] = "MethodNotAllowed";
    HttpCodes[HttpCodes["NotAcceptable"] = 406] = "NotAcceptable";
    HttpCodes[HttpCodes["ProxyAuthenticationRequired"] = 407] = "ProxyAuthenticationRequired";
    HttpCodes[HttpCodes["RequestTimeout"] = 408] = "RequestTimeout";
    HttpCodes[HttpCodes["Conflict"] = 409] = "Conflict";
    HttpCodes[HttpCodes["Gone"] = 410] = "Gone";
    HttpCodes[HttpCodes["TooManyRequests"] = 429] = "TooManyRequests";
    HttpCodes[HttpCodes["InternalServerError"] = 500] = "InternalServerError";
    HttpCodes[HttpCodes["NotImplemented"] = 501] = "NotImplemented";
    HttpCodes[HttpCodes["BadGateway"] = 502] = "BadGateway";
    HttpCodes[HttpCodes["ServiceUnavailable"] = 503] = "ServiceUnavailable";
    HttpCodes[HttpCodes["GatewayTimeout"] = 504] = "GatewayTimeout";
})(HttpCodes || (HttpCodes = {}));
var Headers;
(function (Headers) {
    Headers["Accept"] = "accept";
    Headers["ContentType"] = "content-type";
})(Headers || (Headers = {}));
var MediaTypes;
(function (MediaTypes) {
    MediaTypes["ApplicationJson"] = "application/json";
})(MediaTypes || (MediaTypes = {}));
/**
 * Returns the proxy URL, depending upon the supplied url and proxy environment variables.
 * @param serverUrl  The server URL where the request will be sent. For example, https://api.github.com
 */
function lib_getProxyUrl(serverUrl) {
    const proxyUrl = proxy_getProxyUrl(new URL(serverUrl));
    return proxyUrl ? proxyUrl.href : '';
}
const HttpRedirectCodes = [
    HttpCodes.MovedPermanently,
    HttpCodes.ResourceMoved,
    HttpCodes.SeeOther,
    HttpCodes.TemporaryRedirect,
    HttpCodes.PermanentRedirect
];
const HttpResponseRetryCodes = [
    HttpCodes.BadGateway,
    HttpCodes.ServiceUnavailable,
    HttpCodes.GatewayTimeout
];
const RetryableHttpVerbs = ['OPTIONS', 'GET', 'DELETE', 'HEAD'];
const ExponentialBackoffCeiling = 10;
const ExponentialBackoffTimeSlice = 5;
class HttpClientError extends Error {
    constructor(message, statusCode) {
        super(message);
        this.name = 'HttpClientError';
        this.statusCode = statusCode;
        Object.setPrototypeOf(this, HttpClientError.prototype);
    }
}
class HttpClientResponse {
    constructor(message) {
        this.message = message;
    }
    readBody() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                let output = Buffer.alloc(0);
                this.message.on('data', (chunk) => {
                    output = Buffer.concat([output, chunk]);
                });
                this.message.on('end', () => {
                    resolve(output.toString());
                });
            }));
        });
    }
    readBodyBuffer() {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
                const chunks = [];
                this.message.on('data', (chunk) => {
                    chunks.push(chunk);
                });
                this.message.on('end', () => {
                    resolve(Buffer.concat(chunks));
                });
            }));
        });
    }
}
function isHttps(requestUrl) {
    const parsedUrl = new URL(requestUrl);
    return parsedUrl.protocol === 'https:';
}
class lib_HttpClient {
    constructor(userAgent, handlers, requestOptions) {
        this._ignoreSslError = false;
        this._allowRedirects = true;
        this._allowRedirectDowngrade = false;
        this._maxRedirects = 50;
        this._allowRetries = false;
        this._maxRetries = 1;
        this._keepAlive = false;
        this._disposed = false;
        this.userAgent = this._getUserAgentWithOrchestrationId(userAgent);
        this.handlers = handlers || [];
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
            return this.request('OPTIONS', requestUrl, null, additionalHeaders || {});
        });
    }
    get(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('GET', requestUrl, null, additionalHeaders || {});
        });
    }
    del(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('DELETE', requestUrl, null, additionalHeaders || {});
        });
    }
    post(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('POST', requestUrl, data, additionalHeaders || {});
        });
    }
    patch(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PATCH', requestUrl, data, additionalHeaders || {});
        });
    }
    put(requestUrl, data, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('PUT', requestUrl, data, additionalHeaders || {});
        });
    }
    head(requestUrl, additionalHeaders) {
        return __awaiter(this, void 0, void 0, function* () {
            return this.request('HEAD', requestUrl, null, additionalHeaders || {});
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
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.post(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    putJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
            const res = yield this.put(requestUrl, data, additionalHeaders);
            return this._processResponse(res, this.requestOptions);
        });
    }
    patchJson(requestUrl_1, obj_1) {
        return __awaiter(this, arguments, void 0, function* (requestUrl, obj, additionalHeaders = {}) {
            const data = JSON.stringify(obj, null, 2);
            additionalHeaders[Headers.Accept] = this._getExistingOrDefaultHeader(additionalHeaders, Headers.Accept, MediaTypes.ApplicationJson);
            additionalHeaders[Headers.ContentType] =
                this._getExistingOrDefaultContentTypeHeader(additionalHeaders, MediaTypes.ApplicationJson);
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
                throw new Error('Client has already been disposed.');
            }
            const parsedUrl = new URL(requestUrl);
            let info = this._prepareRequest(verb, parsedUrl, headers);
            // Only perform retries on reads since writes may not be idempotent.
            const maxTries = this._allowRetries && RetryableHttpVerbs.includes(verb)
                ? this._maxRetries + 1
                : 1;
            let numTries = 0;
            let response;
            do {
                response = yield this.requestRaw(info, data);
                // Check if it's an authentication challenge
                if (response &&
                    response.message &&
                    response.message.statusCode === HttpCodes.Unauthorized) {
                    let authenticationHandler;
                    for (const handler of this.handlers) {
                        if (handler.canHandleAuthentication(response)) {
                            authenticationHandler = handler;
                            break;
                        }
                    }
                    if (authenticationHandler) {
                        return authenticationHandler.handleAuthentication(this, info, data);
                    }
                    else {
                        // We have received an unauthorized response but have no handlers to handle it.
                        // Let the response return to the caller.
                        return response;
                    }
                }
                let redirectsRemaining = this._maxRedirects;
                while (response.message.statusCode &&
                    HttpRedirectCodes.includes(response.message.statusCode) &&
                    this._allowRedirects &&
                    redirectsRemaining > 0) {
                    const redirectUrl = response.message.headers['location'];
                    if (!redirectUrl) {
                        // if there's no location to redirect to, we won't
                        break;
                    }
                    const parsedRedirectUrl = new URL(redirectUrl);
                    if (parsedUrl.protocol === 'https:' &&
                        parsedUrl.protocol !== parsedRedirectUrl.protocol &&
                        !this._allowRedirectDowngrade) {
                        throw new Error('Redirect from HTTPS to HTTP protocol. This downgrade is not allowed for security reasons. If you want to allow this behavior, set the allowRedirectDowngrade option to true.');
                    }
                    // we need to finish reading the response before reassigning response
                    // which will leak the open socket.
                    yield response.readBody();
                    // strip authorization header if redirected to a different hostname
                    if (parsedRedirectUrl.hostname !== parsedUrl.hostname) {
                        for (const header in headers) {
                            // header names are case insensitive
                            if (header.toLowerCase() === 'authorization') {
                                delete headers[header];
                            }
                        }
                    }
                    // let's make the request with the new redirectUrl
                    info = this._prepareRequest(verb, parsedRedirectUrl, headers);
                    response = yield this.requestRaw(info, data);
                    redirectsRemaining--;
                }
                if (!response.message.statusCode ||
                    !HttpResponseRetryCodes.includes(response.message.statusCode)) {
                    // If not a retry code, return immediately instead of retrying
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
            return new Promise((resolve, reject) => {
                function callbackForResult(err, res) {
                    if (err) {
                        reject(err);
                    }
                    else if (!res) {
                        // If `err` is not passed, then `res` must be passed.
                        reject(new Error('Unknown error'));
                    }
                    else {
                        resolve(res);
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
        if (typeof data === 'string') {
            if (!info.options.headers) {
                info.options.headers = {};
            }
            info.options.headers['Content-Length'] = Buffer.byteLength(data, 'utf8');
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
            handleResult(undefined, res);
        });
        let socket;
        req.on('socket', sock => {
            socket = sock;
        });
        // If we ever get disconnected, we want the socket to timeout eventually
        req.setTimeout(this._socketTimeout || 3 * 60000, () => {
            if (socket) {
                socket.end();
            }
            handleResult(new Error(`Request timeout: ${info.options.path}`));
        });
        req.on('error', function (err) {
            // err has statusCode property
            // res should have headers
            handleResult(err);
        });
        if (data && typeof data === 'string') {
            req.write(data, 'utf8');
        }
        if (data && typeof data !== 'string') {
            data.on('close', function () {
                req.end();
            });
            data.pipe(req);
        }
        else {
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
        const proxyUrl = proxy_getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (!useProxy) {
            return;
        }
        return this._getProxyAgentDispatcher(parsedUrl, proxyUrl);
    }
    _prepareRequest(method, requestUrl, headers) {
        const info = {};
        info.parsedUrl = requestUrl;
        const usingSsl = info.parsedUrl.protocol === 'https:';
        info.httpModule = usingSsl ? external_https_namespaceObject : external_http_namespaceObject;
        const defaultPort = usingSsl ? 443 : 80;
        info.options = {};
        info.options.host = info.parsedUrl.hostname;
        info.options.port = info.parsedUrl.port
            ? parseInt(info.parsedUrl.port)
            : defaultPort;
        info.options.path =
            (info.parsedUrl.pathname || '') + (info.parsedUrl.search || '');
        info.options.method = method;
        info.options.headers = this._mergeHeaders(headers);
        if (this.userAgent != null) {
            info.options.headers['user-agent'] = this.userAgent;
        }
        info.options.agent = this._getAgent(info.parsedUrl);
        // gives handlers an opportunity to participate
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
    _getExistingOrDefaultHeader(additionalHeaders, header, _default) {
        let clientHeader;
        if (this.requestOptions && this.requestOptions.headers) {
            const headerValue = lowercaseKeys(this.requestOptions.headers)[header];
            if (headerValue) {
                clientHeader =
                    typeof headerValue === 'number' ? headerValue.toString() : headerValue;
            }
        }
        const additionalValue = additionalHeaders[header];
        if (additionalValue !== undefined) {
            return typeof additionalValue === 'number'
                ? additionalValue.toString()
                : additionalValue;
        }
        if (clientHeader !== undefined) {
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
                if (typeof headerValue === 'number') {
                    clientHeader = String(headerValue);
                }
                else if (Array.isArray(headerValue)) {
                    clientHeader = headerValue.join(', ');
                }
                else {
                    clientHeader = headerValue;
                }
            }
        }
        const additionalValue = additionalHeaders[Headers.ContentType];
        // Return the first non-undefined value, converting numbers or arrays to strings if necessary
        if (additionalValue !== undefined) {
            if (typeof additionalValue === 'number') {
                return String(additionalValue);
            }
            else if (Array.isArray(additionalValue)) {
                return additionalValue.join(', ');
            }
            else {
                return additionalValue;
            }
        }
        if (clientHeader !== undefined) {
            return clientHeader;
        }
        return _default;
    }
    _getAgent(parsedUrl) {
        let agent;
        const proxyUrl = proxy_getProxyUrl(parsedUrl);
        const useProxy = proxyUrl && proxyUrl.hostname;
        if (this._keepAlive && useProxy) {
            agent = this._proxyAgent;
        }
        if (!useProxy) {
            agent = this._agent;
        }
        // if agent is already assigned use that agent.
        if (agent) {
            return agent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        let maxSockets = 100;
        if (this.requestOptions) {
            maxSockets = this.requestOptions.maxSockets || external_http_.globalAgent.maxSockets;
        }
        // This is `useProxy` again, but we need to check `proxyURl` directly for TypeScripts's flow analysis.
        if (proxyUrl && proxyUrl.hostname) {
            const agentOptions = {
                maxSockets,
                keepAlive: this._keepAlive,
                proxy: Object.assign(Object.assign({}, ((proxyUrl.username || proxyUrl.password) && {
                    proxyAuth: `${proxyUrl.username}:${proxyUrl.password}`
                })), { host: proxyUrl.hostname, port: proxyUrl.port })
            };
            let tunnelAgent;
            const overHttps = proxyUrl.protocol === 'https:';
            if (usingSsl) {
                tunnelAgent = overHttps ? tunnel.httpsOverHttps : tunnel.httpsOverHttp;
            }
            else {
                tunnelAgent = overHttps ? tunnel.httpOverHttps : tunnel.httpOverHttp;
            }
            agent = tunnelAgent(agentOptions);
            this._proxyAgent = agent;
        }
        // if tunneling agent isn't assigned create a new agent
        if (!agent) {
            const options = { keepAlive: this._keepAlive, maxSockets };
            agent = usingSsl ? new external_https_.Agent(options) : new external_http_.Agent(options);
            this._agent = agent;
        }
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
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
        // if agent is already assigned use that agent.
        if (proxyAgent) {
            return proxyAgent;
        }
        const usingSsl = parsedUrl.protocol === 'https:';
        proxyAgent = new ProxyAgent(Object.assign({ uri: proxyUrl.href, pipelining: !this._keepAlive ? 0 : 1 }, ((proxyUrl.username || proxyUrl.password) && {
            token: `Basic ${Buffer.from(`${proxyUrl.username}:${proxyUrl.password}`).toString('base64')}`
        })));
        this._proxyAgentDispatcher = proxyAgent;
        if (usingSsl && this._ignoreSslError) {
            // we don't want to set NODE_TLS_REJECT_UNAUTHORIZED=0 since that will affect request for entire process
            // http.RequestOptions doesn't expose a way to modify RequestOptions.agent.options
            // we have to cast it to any and change it directly
            proxyAgent.options = Object.assign(proxyAgent.options.requestTls || {}, {
                rejectUnauthorized: false
            });
        }
        return proxyAgent;
    }
    _getUserAgentWithOrchestrationId(userAgent) {
        const baseUserAgent = userAgent || 'actions/http-client';
        const orchId = process.env['ACTIONS_ORCHESTRATION_ID'];
        if (orchId) {
            // Sanitize the orchestration ID to ensure it contains only valid characters
            // Valid characters: 0-9, a-z, _, -, .
            const sanitizedId = orchId.replace(/[^a-z0-9_.-]/gi, '_');
            return `${baseUserAgent} actions_orchestration_id/${sanitizedId}`;
        }
        return baseUserAgent;
    }
    _performExponentialBackoff(retryNumber) {
        return __awaiter(this, void 0, void 0, function* () {
            retryNumber = Math.min(ExponentialBackoffCeiling, retryNumber);
            const ms = ExponentialBackoffTimeSlice * Math.pow(2, retryNumber);
            return new Promise(resolve => setTimeout(() => resolve(), ms));
        });
    }
    _processResponse(res, options) {
        return __awaiter(this, void 0, void 0, function* () {
            return new Promise((resolve, reject) => __awaiter(this, void 0, void 0, function* () {
                const statusCode = res.message.statusCode || 0;
                const response = {
                    statusCode,
                    result: null,
                    headers: {}
                };
                // not found leads to null obj returned
                if (statusCode === HttpCodes.NotFound) {
                    resolve(response);
                }
                // get the result from the body
                function dateTimeDeserializer(key, value) {
                    if (typeof value === 'string') {
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
                        }
                        else {
                            obj = JSON.parse(contents);
                        }
                        response.result = obj;
                    }
                    response.headers = res.message.headers;
                }
                catch (err) {
                    // Invalid resource (contents not json);  leaving result obj null
                }
                // note that 3xx redirects are handled by the http layer.
                if (statusCode > 299) {
                    let msg;
                    // if exception/error in body, attempt to get better error
                    if (obj && obj.message) {
                        msg = obj.message;
                    }
                    else if (contents && contents.length > 0) {
                        // it may be the case that the exception is in the body message as string
                        msg = contents;
                    }
                    else {
                        msg = `Failed request: (${statusCode})`;
                    }
                    const err = new HttpClientError(msg, statusCode);
                    err.result = response.result;
                    reject(err);
                }
                else {
                    resolve(response);
                }
            }));
        });
    }
}
const lowercaseKeys = (obj) => Object.keys(obj).reduce((c, k) => ((c[k.toLowerCase()] = obj[k]), c), {});
//# sourceMappingURL=index.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/http-client/lib/auth.js
var auth_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};
class BasicCredentialHandler {
    constructor(username, password) {
        this.username = username;
        this.password = password;
    }
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`${this.username}:${this.password}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return auth_awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class auth_BearerCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Bearer ${this.token}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return auth_awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
class PersonalAccessTokenCredentialHandler {
    constructor(token) {
        this.token = token;
    }
    // currently implements pre-authorization
    // TODO: support preAuth = false where it hooks on 401
    prepareRequest(options) {
        if (!options.headers) {
            throw Error('The request has no headers');
        }
        options.headers['Authorization'] = `Basic ${Buffer.from(`PAT:${this.token}`).toString('base64')}`;
    }
    // This handler cannot handle 401
    canHandleAuthentication() {
        return false;
    }
    handleAuthentication() {
        return auth_awaiter(this, void 0, void 0, function* () {
            throw new Error('not implemented');
        });
    }
}
//# sourceMappingURL=auth.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/oidc-utils.js
var oidc_utils_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};



class oidc_utils_OidcClient {
    static createHttpClient(allowRetry = true, maxRetry = 10) {
        const requestOptions = {
            allowRetries: allowRetry,
            maxRetries: maxRetry
        };
        return new HttpClient('actions/oidc-client', [new BearerCredentialHandler(oidc_utils_OidcClient.getRequestToken())], requestOptions);
    }
    static getRequestToken() {
        const token = process.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN'];
        if (!token) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_TOKEN env variable');
        }
        return token;
    }
    static getIDTokenUrl() {
        const runtimeUrl = process.env['ACTIONS_ID_TOKEN_REQUEST_URL'];
        if (!runtimeUrl) {
            throw new Error('Unable to get ACTIONS_ID_TOKEN_REQUEST_URL env variable');
        }
        return runtimeUrl;
    }
    static getCall(id_token_url) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            var _a;
            const httpclient = oidc_utils_OidcClient.createHttpClient();
            const res = yield httpclient
                .getJson(id_token_url)
                .catch(error => {
                throw new Error(`Failed to get ID Token. \n 
        Error Code : ${error.statusCode}\n 
        Error Message: ${error.message}`);
            });
            const id_token = (_a = res.result) === null || _a === void 0 ? void 0 : _a.value;
            if (!id_token) {
                throw new Error('Response json body do not have ID Token field');
            }
            return id_token;
        });
    }
    static getIDToken(audience) {
        return oidc_utils_awaiter(this, void 0, void 0, function* () {
            try {
                // New ID Token is requested from action service
                let id_token_url = oidc_utils_OidcClient.getIDTokenUrl();
                if (audience) {
                    const encodedAudience = encodeURIComponent(audience);
                    id_token_url = `${id_token_url}&audience=${encodedAudience}`;
                }
                debug(`ID token url is ${id_token_url}`);
                const id_token = yield oidc_utils_OidcClient.getCall(id_token_url);
                setSecret(id_token);
                return id_token;
            }
            catch (error) {
                throw new Error(`Error message: ${error.message}`);
            }
        });
    }
}
//# sourceMappingURL=oidc-utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/summary.js
var summary_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const { access, appendFile, writeFile } = external_fs_namespaceObject.promises;
const SUMMARY_ENV_VAR = 'GITHUB_STEP_SUMMARY';
const SUMMARY_DOCS_URL = 'https://docs.github.com/actions/using-workflows/workflow-commands-for-github-actions#adding-a-job-summary';
class Summary {
    constructor() {
        this._buffer = '';
    }
    /**
     * Finds the summary file path from the environment, rejects if env var is not found or file does not exist
     * Also checks r/w permissions.
     *
     * @returns step summary file path
     */
    filePath() {
        return summary_awaiter(this, void 0, void 0, function* () {
            if (this._filePath) {
                return this._filePath;
            }
            const pathFromEnv = process.env[SUMMARY_ENV_VAR];
            if (!pathFromEnv) {
                throw new Error(`Unable to find environment variable for $${SUMMARY_ENV_VAR}. Check if your runtime environment supports job summaries.`);
            }
            try {
                yield access(pathFromEnv, external_fs_namespaceObject.constants.R_OK | external_fs_namespaceObject.constants.W_OK);
            }
            catch (_a) {
                throw new Error(`Unable to access summary file: '${pathFromEnv}'. Check if the file has correct read/write permissions.`);
            }
            this._filePath = pathFromEnv;
            return this._filePath;
        });
    }
    /**
     * Wraps content in an HTML tag, adding any HTML attributes
     *
     * @param {string} tag HTML tag to wrap
     * @param {string | null} content content within the tag
     * @param {[attribute: string]: string} attrs key-value list of HTML attributes to add
     *
     * @returns {string} content wrapped in HTML element
     */
    wrap(tag, content, attrs = {}) {
        const htmlAttrs = Object.entries(attrs)
            .map(([key, value]) => ` ${key}="${value}"`)
            .join('');
        if (!content) {
            return `<${tag}${htmlAttrs}>`;
        }
        return `<${tag}${htmlAttrs}>${content}</${tag}>`;
    }
    /**
     * Writes text in the buffer to the summary buffer file and empties buffer. Will append by default.
     *
     * @param {SummaryWriteOptions} [options] (optional) options for write operation
     *
     * @returns {Promise<Summary>} summary instance
     */
    write(options) {
        return summary_awaiter(this, void 0, void 0, function* () {
            const overwrite = !!(options === null || options === void 0 ? void 0 : options.overwrite);
            const filePath = yield this.filePath();
            const writeFunc = overwrite ? writeFile : appendFile;
            yield writeFunc(filePath, this._buffer, { encoding: 'utf8' });
            return this.emptyBuffer();
        });
    }
    /**
     * Clears the summary buffer and wipes the summary file
     *
     * @returns {Summary} summary instance
     */
    clear() {
        return summary_awaiter(this, void 0, void 0, function* () {
            return this.emptyBuffer().write({ overwrite: true });
        });
    }
    /**
     * Returns the current summary buffer as a string
     *
     * @returns {string} string of summary buffer
     */
    stringify() {
        return this._buffer;
    }
    /**
     * If the summary buffer is empty
     *
     * @returns {boolen} true if the buffer is empty
     */
    isEmptyBuffer() {
        return this._buffer.length === 0;
    }
    /**
     * Resets the summary buffer without writing to summary file
     *
     * @returns {Summary} summary instance
     */
    emptyBuffer() {
        this._buffer = '';
        return this;
    }
    /**
     * Adds raw text to the summary buffer
     *
     * @param {string} text content to add
     * @param {boolean} [addEOL=false] (optional) append an EOL to the raw text (default: false)
     *
     * @returns {Summary} summary instance
     */
    addRaw(text, addEOL = false) {
        this._buffer += text;
        return addEOL ? this.addEOL() : this;
    }
    /**
     * Adds the operating system-specific end-of-line marker to the buffer
     *
     * @returns {Summary} summary instance
     */
    addEOL() {
        return this.addRaw(external_os_namespaceObject.EOL);
    }
    /**
     * Adds an HTML codeblock to the summary buffer
     *
     * @param {string} code content to render within fenced code block
     * @param {string} lang (optional) language to syntax highlight code
     *
     * @returns {Summary} summary instance
     */
    addCodeBlock(code, lang) {
        const attrs = Object.assign({}, (lang && { lang }));
        const element = this.wrap('pre', this.wrap('code', code), attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML list to the summary buffer
     *
     * @param {string[]} items list of items to render
     * @param {boolean} [ordered=false] (optional) if the rendered list should be ordered or not (default: false)
     *
     * @returns {Summary} summary instance
     */
    addList(items, ordered = false) {
        const tag = ordered ? 'ol' : 'ul';
        const listItems = items.map(item => this.wrap('li', item)).join('');
        const element = this.wrap(tag, listItems);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML table to the summary buffer
     *
     * @param {SummaryTableCell[]} rows table rows
     *
     * @returns {Summary} summary instance
     */
    addTable(rows) {
        const tableBody = rows
            .map(row => {
            const cells = row
                .map(cell => {
                if (typeof cell === 'string') {
                    return this.wrap('td', cell);
                }
                const { header, data, colspan, rowspan } = cell;
                const tag = header ? 'th' : 'td';
                const attrs = Object.assign(Object.assign({}, (colspan && { colspan })), (rowspan && { rowspan }));
                return this.wrap(tag, data, attrs);
            })
                .join('');
            return this.wrap('tr', cells);
        })
            .join('');
        const element = this.wrap('table', tableBody);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds a collapsable HTML details element to the summary buffer
     *
     * @param {string} label text for the closed state
     * @param {string} content collapsable content
     *
     * @returns {Summary} summary instance
     */
    addDetails(label, content) {
        const element = this.wrap('details', this.wrap('summary', label) + content);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML image tag to the summary buffer
     *
     * @param {string} src path to the image you to embed
     * @param {string} alt text description of the image
     * @param {SummaryImageOptions} options (optional) addition image attributes
     *
     * @returns {Summary} summary instance
     */
    addImage(src, alt, options) {
        const { width, height } = options || {};
        const attrs = Object.assign(Object.assign({}, (width && { width })), (height && { height }));
        const element = this.wrap('img', null, Object.assign({ src, alt }, attrs));
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML section heading element
     *
     * @param {string} text heading text
     * @param {number | string} [level=1] (optional) the heading level, default: 1
     *
     * @returns {Summary} summary instance
     */
    addHeading(text, level) {
        const tag = `h${level}`;
        const allowedTag = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].includes(tag)
            ? tag
            : 'h1';
        const element = this.wrap(allowedTag, text);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML thematic break (<hr>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addSeparator() {
        const element = this.wrap('hr', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML line break (<br>) to the summary buffer
     *
     * @returns {Summary} summary instance
     */
    addBreak() {
        const element = this.wrap('br', null);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML blockquote to the summary buffer
     *
     * @param {string} text quote text
     * @param {string} cite (optional) citation url
     *
     * @returns {Summary} summary instance
     */
    addQuote(text, cite) {
        const attrs = Object.assign({}, (cite && { cite }));
        const element = this.wrap('blockquote', text, attrs);
        return this.addRaw(element).addEOL();
    }
    /**
     * Adds an HTML anchor tag to the summary buffer
     *
     * @param {string} text link text/content
     * @param {string} href hyperlink
     *
     * @returns {Summary} summary instance
     */
    addLink(text, href) {
        const element = this.wrap('a', text, { href });
        return this.addRaw(element).addEOL();
    }
}
const _summary = new Summary();
/**
 * @deprecated use `core.summary`
 */
const markdownSummary = (/* unused pure expression or super */ null && (_summary));
const summary = _summary;
//# sourceMappingURL=summary.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/path-utils.js

/**
 * toPosixPath converts the given path to the posix form. On Windows, \\ will be
 * replaced with /.
 *
 * @param pth. Path to transform.
 * @return string Posix path.
 */
function toPosixPath(pth) {
    return pth.replace(/[\\]/g, '/');
}
/**
 * toWin32Path converts the given path to the win32 form. On Linux, / will be
 * replaced with \\.
 *
 * @param pth. Path to transform.
 * @return string Win32 path.
 */
function toWin32Path(pth) {
    return pth.replace(/[/]/g, '\\');
}
/**
 * toPlatformPath converts the given path to a platform-specific path. It does
 * this by replacing instances of / and \ with the platform-specific path
 * separator.
 *
 * @param pth The path to platformize.
 * @return string The platform-specific path.
 */
function toPlatformPath(pth) {
    return pth.replace(/[/\\]/g, path.sep);
}
//# sourceMappingURL=path-utils.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/platform.js
var platform_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};


const getWindowsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout: version } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Version"', undefined, {
        silent: true
    });
    const { stdout: name } = yield exec.getExecOutput('powershell -command "(Get-CimInstance -ClassName Win32_OperatingSystem).Caption"', undefined, {
        silent: true
    });
    return {
        name: name.trim(),
        version: version.trim()
    };
});
const getMacOsInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    var _a, _b, _c, _d;
    const { stdout } = yield exec.getExecOutput('sw_vers', undefined, {
        silent: true
    });
    const version = (_b = (_a = stdout.match(/ProductVersion:\s*(.+)/)) === null || _a === void 0 ? void 0 : _a[1]) !== null && _b !== void 0 ? _b : '';
    const name = (_d = (_c = stdout.match(/ProductName:\s*(.+)/)) === null || _c === void 0 ? void 0 : _c[1]) !== null && _d !== void 0 ? _d : '';
    return {
        name,
        version
    };
});
const getLinuxInfo = () => platform_awaiter(void 0, void 0, void 0, function* () {
    const { stdout } = yield exec.getExecOutput('lsb_release', ['-i', '-r', '-s'], {
        silent: true
    });
    const [name, version] = stdout.trim().split('\n');
    return {
        name,
        version
    };
});
const platform = external_os_namespaceObject.platform();
const arch = external_os_namespaceObject.arch();
const isWindows = platform === 'win32';
const isMacOS = platform === 'darwin';
const isLinux = platform === 'linux';
function getDetails() {
    return platform_awaiter(this, void 0, void 0, function* () {
        return Object.assign(Object.assign({}, (yield (isWindows
            ? getWindowsInfo()
            : isMacOS
                ? getMacOsInfo()
                : getLinuxInfo()))), { platform,
            arch,
            isWindows,
            isMacOS,
            isLinux });
    });
}
//# sourceMappingURL=platform.js.map
;// CONCATENATED MODULE: ./node_modules/@actions/core/lib/core.js
var core_awaiter = (undefined && undefined.__awaiter) || function (thisArg, _arguments, P, generator) {
    function adopt(value) { return value instanceof P ? value : new P(function (resolve) { resolve(value); }); }
    return new (P || (P = Promise))(function (resolve, reject) {
        function fulfilled(value) { try { step(generator.next(value)); } catch (e) { reject(e); } }
        function rejected(value) { try { step(generator["throw"](value)); } catch (e) { reject(e); } }
        function step(result) { result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected); }
        step((generator = generator.apply(thisArg, _arguments || [])).next());
    });
};






/**
 * The code to exit an action
 */
var ExitCode;
(function (ExitCode) {
    /**
     * A code indicating that the action was successful
     */
    ExitCode[ExitCode["Success"] = 0] = "Success";
    /**
     * A code indicating that the action was a failure
     */
    ExitCode[ExitCode["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
//-----------------------------------------------------------------------
// Variables
//-----------------------------------------------------------------------
/**
 * Sets env variable for this action and future actions in the job
 * @param name the name of the variable to set
 * @param val the value of the variable. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function exportVariable(name, val) {
    const convertedVal = utils_toCommandValue(val);
    process.env[name] = convertedVal;
    const filePath = process.env['GITHUB_ENV'] || '';
    if (filePath) {
        return file_command_issueFileCommand('ENV', file_command_prepareKeyValueMessage(name, val));
    }
    command_issueCommand('set-env', { name }, convertedVal);
}
/**
 * Registers a secret which will get masked from logs
 *
 * @param secret - Value of the secret to be masked
 * @remarks
 * This function instructs the Actions runner to mask the specified value in any
 * logs produced during the workflow run. Once registered, the secret value will
 * be replaced with asterisks (***) whenever it appears in console output, logs,
 * or error messages.
 *
 * This is useful for protecting sensitive information such as:
 * - API keys
 * - Access tokens
 * - Authentication credentials
 * - URL parameters containing signatures (SAS tokens)
 *
 * Note that masking only affects future logs; any previous appearances of the
 * secret in logs before calling this function will remain unmasked.
 *
 * @example
 * ```typescript
 * // Register an API token as a secret
 * const apiToken = "abc123xyz456";
 * setSecret(apiToken);
 *
 * // Now any logs containing this value will show *** instead
 * console.log(`Using token: ${apiToken}`); // Outputs: "Using token: ***"
 * ```
 */
function core_setSecret(secret) {
    command_issueCommand('add-mask', {}, secret);
}
/**
 * Prepends inputPath to the PATH (for this action and future actions)
 * @param inputPath
 */
function addPath(inputPath) {
    const filePath = process.env['GITHUB_PATH'] || '';
    if (filePath) {
        issueFileCommand('PATH', inputPath);
    }
    else {
        issueCommand('add-path', {}, inputPath);
    }
    process.env['PATH'] = `${inputPath}${path.delimiter}${process.env['PATH']}`;
}
/**
 * Gets the value of an input.
 * Unless trimWhitespace is set to false in InputOptions, the value is also trimmed.
 * Returns an empty string if the value is not defined.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string
 */
function getInput(name, options) {
    const val = process.env[`INPUT_${name.replace(/ /g, '_').toUpperCase()}`] || '';
    if (options && options.required && !val) {
        throw new Error(`Input required and not supplied: ${name}`);
    }
    if (options && options.trimWhitespace === false) {
        return val;
    }
    return val.trim();
}
/**
 * Gets the values of an multiline input.  Each value is also trimmed.
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   string[]
 *
 */
function getMultilineInput(name, options) {
    const inputs = getInput(name, options)
        .split('\n')
        .filter(x => x !== '');
    if (options && options.trimWhitespace === false) {
        return inputs;
    }
    return inputs.map(input => input.trim());
}
/**
 * Gets the input value of the boolean type in the YAML 1.2 "core schema" specification.
 * Support boolean input list: `true | True | TRUE | false | False | FALSE` .
 * The return value is also in boolean type.
 * ref: https://yaml.org/spec/1.2/spec.html#id2804923
 *
 * @param     name     name of the input to get
 * @param     options  optional. See InputOptions.
 * @returns   boolean
 */
function getBooleanInput(name, options) {
    const trueValue = ['true', 'True', 'TRUE'];
    const falseValue = ['false', 'False', 'FALSE'];
    const val = getInput(name, options);
    if (trueValue.includes(val))
        return true;
    if (falseValue.includes(val))
        return false;
    throw new TypeError(`Input does not meet YAML 1.2 "Core Schema" specification: ${name}\n` +
        `Support boolean input list: \`true | True | TRUE | false | False | FALSE\``);
}
/**
 * Sets the value of an output.
 *
 * @param     name     name of the output to set
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function setOutput(name, value) {
    const filePath = process.env['GITHUB_OUTPUT'] || '';
    if (filePath) {
        return file_command_issueFileCommand('OUTPUT', file_command_prepareKeyValueMessage(name, value));
    }
    process.stdout.write(external_os_namespaceObject.EOL);
    command_issueCommand('set-output', { name }, utils_toCommandValue(value));
}
/**
 * Enables or disables the echoing of commands into stdout for the rest of the step.
 * Echoing is disabled by default if ACTIONS_STEP_DEBUG is not set.
 *
 */
function setCommandEcho(enabled) {
    issue('echo', enabled ? 'on' : 'off');
}
//-----------------------------------------------------------------------
// Results
//-----------------------------------------------------------------------
/**
 * Sets the action status to failed.
 * When the action exits it will be with an exit code of 1
 * @param message add error issue message
 */
function setFailed(message) {
    process.exitCode = ExitCode.Failure;
    core_error(message);
}
//-----------------------------------------------------------------------
// Logging Commands
//-----------------------------------------------------------------------
/**
 * Gets whether Actions Step Debug is on or not
 */
function isDebug() {
    return process.env['RUNNER_DEBUG'] === '1';
}
/**
 * Writes debug message to user log
 * @param message debug message
 */
function core_debug(message) {
    command_issueCommand('debug', {}, message);
}
/**
 * Adds an error issue
 * @param message error issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function core_error(message, properties = {}) {
    command_issueCommand('error', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a warning issue
 * @param message warning issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function warning(message, properties = {}) {
    command_issueCommand('warning', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Adds a notice issue
 * @param message notice issue message. Errors will be converted to string via toString()
 * @param properties optional properties to add to the annotation.
 */
function notice(message, properties = {}) {
    command_issueCommand('notice', toCommandProperties(properties), message instanceof Error ? message.toString() : message);
}
/**
 * Writes info to log with console.log.
 * @param message info message
 */
function info(message) {
    process.stdout.write(message + external_os_namespaceObject.EOL);
}
/**
 * Begin an output group.
 *
 * Output until the next `groupEnd` will be foldable in this group
 *
 * @param name The name of the output group
 */
function startGroup(name) {
    issue('group', name);
}
/**
 * End an output group.
 */
function endGroup() {
    issue('endgroup');
}
/**
 * Wrap an asynchronous function call in a group.
 *
 * Returns the same type as the function itself.
 *
 * @param name The name of the group
 * @param fn The function to wrap in the group
 */
function group(name, fn) {
    return core_awaiter(this, void 0, void 0, function* () {
        startGroup(name);
        let result;
        try {
            result = yield fn();
        }
        finally {
            endGroup();
        }
        return result;
    });
}
//-----------------------------------------------------------------------
// Wrapper action state
//-----------------------------------------------------------------------
/**
 * Saves state for current action, the state can only be retrieved by this action's post job execution.
 *
 * @param     name     name of the state to store
 * @param     value    value to store. Non-string values will be converted to a string via JSON.stringify
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
function saveState(name, value) {
    const filePath = process.env['GITHUB_STATE'] || '';
    if (filePath) {
        return issueFileCommand('STATE', prepareKeyValueMessage(name, value));
    }
    issueCommand('save-state', { name }, toCommandValue(value));
}
/**
 * Gets the value of an state set by this action's main execution.
 *
 * @param     name     name of the state to get
 * @returns   string
 */
function getState(name) {
    return process.env[`STATE_${name}`] || '';
}
function getIDToken(aud) {
    return core_awaiter(this, void 0, void 0, function* () {
        return yield OidcClient.getIDToken(aud);
    });
}
/**
 * Summary exports
 */

/**
 * @deprecated use core.summary
 */

/**
 * Path exports
 */

/**
 * Platform utilities exports
 */

//# sourceMappingURL=core.js.map
;// CONCATENATED MODULE: ./src/errors.ts
/**
 * A failure that the user can read: what is wrong, then what to do next.
 *
 * Both texts are shown as they are, so whoever makes one puts nothing secret and no raw server text in it.
 */
class ActionError extends Error {
    code;
    /** What to do next: whole sentences, or a command. */
    remedy;
    constructor(code, problem, remedy) {
        super(problem);
        this.name = 'ActionError';
        this.code = code;
        this.remedy = remedy;
    }
}

;// CONCATENATED MODULE: external "node:timers/promises"
const promises_namespaceObject = require("node:timers/promises");
;// CONCATENATED MODULE: ./src/sprinklr/answer.ts
/** The most that is read of any answer; the documented ones are a few hundred bytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Longest quotation of what a server said, in characters. */
const LONGEST_QUOTE = 300;
/** What the server said of its reason, in any of the contract's shapes, fit to be printed; empty if nothing. */
function quote({ headers, body }, secrets) {
    const json = parseJson(body);
    const words = isRecord(json) ? wordsOf(json) : wordsOfMarkup(body);
    return clean(words === '' ? String(headers['x-mashery-error-code'] ?? '') : words, secrets);
}
function wordsOf(json) {
    const fault = json['fault'];
    const words = [
        json['error'],
        json['error_description'],
        isRecord(fault) ? fault['faultstring'] : undefined,
        ...errorList(json).flatMap((entry) => (isRecord(entry) ? [entry['code'], entry['message']] : [entry])),
        json['message'],
    ];
    return words
        .filter((word) => (typeof word === 'string' && word !== '') || typeof word === 'number')
        .join(': ');
}
/** The text of a gateway's `<h1>…</h1>`, of a page's title, or the plain text itself. */
function wordsOfMarkup(body) {
    const start = body.slice(0, 10_000);
    return /<(h1|title)\b[^>]*>([^<]*)</i.exec(start)?.[2] ?? start.replace(/<[^<>]*>/g, ' ');
}
/** Untrusted text made harmless: redacted first, so that no cut leaves a part of a secret unrecognised. */
function clean(text, secrets) {
    const line = secrets
        .redact(text.slice(0, 10_000))
        .replace(/[\p{C}\p{Z}]+/gu, ' ')
        // The runner takes `::name::` at the start of a line and `##[name]` anywhere in it for a command.
        .replace(/:(?=:)/g, ': ')
        .replaceAll('##[', '# #[')
        .trim();
    return line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line;
}
/** `errors` in most answers, `Errors` in the registration's (contract.md §1); whatever stands under either counts. */
function errorList(json) {
    return [json['errors'], json['Errors']].filter((list) => Array.isArray(list)).flat();
}
function parseJson(text) {
    try {
        return JSON.parse(text);
    }
    catch {
        return undefined;
    }
}
function isRecord(value) {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
}

;// CONCATENATED MODULE: ./src/sprinklr/network-failure.ts


const UNSENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);
/** What Node and OpenSSL call their refusals of a certificate or a handshake. */
const TLS = /^(EPROTO|HOSTNAME_MISMATCH|(ERR_TLS|ERR_SSL|ERR_OSSL|CERT|CRL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|INVALID|PATH_LENGTH|ERROR_IN)_\w+)$/;
const NO_TUNNEL = 'tunneling socket could not be established';
/**
 * Says what went wrong below HTTP, never with the words of the error itself: they may hold the query of the address.
 *
 * @param secondsUp the step's bound, if it is what ended the call
 */
function networkFailure(error, url, secondsUp) {
    const { code = '', message = '', syscall } = error;
    if (secondsUp !== undefined) {
        return network_failure_final('TIMED_OUT', `${url.host} did not answer within the ${secondsUp} s of timeout-seconds.`, 'Run the job again. If it happens often, raise timeout-seconds (at most 600), or check the proxy and firewall between runner and Sprinklr.');
    }
    if (TLS.test(code)) {
        const failure = network_failure_final('TLS_FAILED', `No trusted TLS connection to ${url.host} (${code}).`, 'If a proxy or base-url uses a private CA, point the environment variable NODE_EXTRA_CA_CERTS at its PEM file. ' +
            'If the app has mutual TLS, check mtls-certificate and mtls-private-key. Otherwise check base-url and the clock of the runner.');
        return { ...failure, unsent: true };
    }
    if (code.startsWith('HPE_')) {
        return network_failure_final('RESPONSE_INVALID', `What ${url.host} answered is not HTTP.`, 'Check base-url, and the proxy between runner and Sprinklr.');
    }
    const noTunnel = message.startsWith(NO_TUNNEL);
    const proxy = lib_getProxyUrl(url.href) === '' ? '' : ' through the proxy';
    return {
        error: new ActionError('NETWORK_UNREACHABLE', `No connection to ${url.host}${proxy} (${noTunnel ? tunnelTrouble(message) : /^E[A-Z_]+$/.test(code) ? code : 'connection lost'}).`, 'Check that this runner may reach that host: name resolution, firewall, the variables https_proxy and no_proxy, base-url if you set it, and mtls-certificate if the app has mutual TLS.'),
        mayPass: true,
        unsent: UNSENT.has(code) || syscall === 'connect' || noTunnel,
    };
}
/** The one thing the tunnel's message is safe to be quoted for. */
function tunnelTrouble(message) {
    const status = /statusCode=(\d+)/.exec(message)?.[1];
    return status === undefined ? 'the proxy cannot be reached' : `the proxy answered ${status}`;
}
function network_failure_final(...texts) {
    return { error: new ActionError(...texts), mayPass: false, unsent: false };
}

;// CONCATENATED MODULE: ./src/sprinklr/proxy.ts


/**
 * `@actions/http-client` goes straight to the host where it cannot read the address of the proxy, and takes
 * `proxy.example.com:3128` for one of those. Whoever set a proxy did not want that.
 *
 * @throws {ActionError} NETWORK_UNREACHABLE
 */
function requireReadableProxy(url) {
    const isSet = ['https_proxy', 'HTTPS_PROXY'].some((name) => process.env[name]);
    // Plain http is for loopback hosts only, which are never behind a proxy.
    if (url.protocol !== 'https:' || !isSet || checkBypass(url))
        return;
    try {
        const proxy = proxy_getProxyUrl(url);
        if (proxy !== undefined && /^https?:$/.test(proxy.protocol) && proxy.hostname !== '')
            return;
    }
    catch {
        // An address that cannot be parsed, or a password that cannot be decoded.
    }
    throw new ActionError('NETWORK_UNREACHABLE', 'The proxy address in https_proxy or HTTPS_PROXY cannot be read.', 'Set it to something like http://proxy.example.com:3128, with special characters of its password percent-encoded.');
}
/**
 * The proxy that a call goes through, if any.
 *
 * @throws {ActionError} NETWORK_UNREACHABLE where its address cannot be read
 */
function proxyFor(url) {
    requireReadableProxy(url);
    return getProxyUrl(url);
}

;// CONCATENATED MODULE: ./src/sprinklr/rejection.ts


/** What an answer means, from its status and body alone (interface.md, "Failure"); `undefined` for a 2xx. */
function rejectionOf({ status, headers, body, }) {
    if (status >= 200 && status < 300)
        return undefined;
    if (status >= 300 && status < 400)
        return { code: 'REDIRECTED' };
    if (status === 403) {
        // Mashery says it in a header, in the body, or in both (contract.md, "Errors").
        const words = `${String(headers['x-mashery-error-code'] ?? '')} ${body}`;
        if (/developer[ _]over[ _](rate|qps)/i.test(words))
            return { code: 'RATE_LIMITED' };
        if (/developer[ _]inactive/i.test(words))
            return { code: 'API_KEY_INACTIVE' };
        return { code: 'PERMISSION_DENIED' };
    }
    return { code: CODES[status] ?? 'RESPONSE_INVALID' };
}
const CODES = {
    400: 'CREDENTIALS_REJECTED',
    401: 'CREDENTIALS_REJECTED',
    404: 'NOT_FOUND',
    421: 'ENVIRONMENT_MISMATCH',
    429: 'RATE_LIMITED',
    500: 'SERVER_ERROR',
    502: 'SERVER_ERROR',
    503: 'SERVER_ERROR',
    504: 'SERVER_ERROR',
    596: 'NOT_FOUND',
};
/** The error for an answer that is not a success: what it means, what Sprinklr said, what to do. */
function refusal(answer, operation, secrets) {
    const code = rejectionOf(answer)?.code ?? 'RESPONSE_INVALID';
    const said = quote(answer, secrets);
    const tries = answer.attempts > 1 ? ` after ${answer.attempts} attempts` : '';
    const problem = `${PROBLEMS[code] ?? 'Sprinklr refused the'} ${operation} (HTTP ${answer.status}${tries}).`;
    const details = [
        code === 'REDIRECTED'
            ? `It points to ${redirectHost(answer, secrets)}; redirects are never followed.`
            : '',
        answer.waitPastBound === undefined
            ? ''
            : `The next try would have to wait ${Math.ceil(answer.waitPastBound)} s, more than timeout-seconds leaves.`,
        said === '' ? 'It gave no reason.' : `It said: "${said}".`,
    ];
    return new ActionError(code, [problem, ...details.filter((detail) => detail !== '')].join(' '), remedyFor(code, operation));
}
/** The error for a 2xx that is not the documented answer. `flaw` completes "The answer …". */
function unexpectedAnswer(answer, flaw, { operation, secrets }) {
    const said = quote(answer, secrets);
    return new ActionError('RESPONSE_INVALID', `Sprinklr's answer to the ${operation} (HTTP ${answer.status}) ${flaw}.${said === '' ? '' : ` It said: "${said}".`}`, remedyFor('RESPONSE_INVALID', operation));
}
/** A 2xx answer's JSON object, once it is clear that it is one and that it lists no errors. */
function documentedBody(answer, context) {
    if (answer.cut)
        throw unexpectedAnswer(answer, 'is longer than 1 MiB', context);
    const json = parseJson(answer.body);
    if (!isRecord(json))
        throw unexpectedAnswer(answer, 'is not the documented JSON', context);
    // A 200 can also carry an error, in a list under either name (contract.md §1, "Errors").
    if (errorList(json).length > 0 || typeof json['error'] === 'string')
        throw unexpectedAnswer(answer, 'reports an error', context);
    return json;
}
const PROBLEMS = {
    API_KEY_INACTIVE: 'The api-key is unknown or inactive: Sprinklr refused the',
    ENVIRONMENT_MISMATCH: 'The api-key belongs to another environment: Sprinklr refused the',
    NOT_FOUND: 'There is nothing at the address of the',
    PERMISSION_DENIED: 'The user or app may not make the',
    RATE_LIMITED: 'Too many requests with this api-key for the',
    REDIRECTED: 'Sprinklr redirected the',
    RESPONSE_INVALID: 'Sprinklr gave an undocumented answer to the',
    SERVER_ERROR: 'Sprinklr failed to carry out the',
};
function remedyFor(code, operation) {
    return REMEDIES_BY_OPERATION[operation][code] ?? REMEDIES[code] ?? '';
}
/** One or the other credential is wrong; what to look at depends on what was sent. */
const REMEDIES_BY_OPERATION = {
    'token exchange': {
        CREDENTIALS_REJECTED: 'Check, in this order: api-secret; redirect-uri (to the letter, with or without its final slash); that private-key is the key of the ' +
            'certificate registered under app-id; username (an active login of this Sprinklr environment); that the certificate has not expired; that the clock of the runner is right.',
        NOT_FOUND: 'Check environment, gateway and app-id (the one that registering in this environment gave).',
        PERMISSION_DENIED: 'Ask a Sprinklr admin to give the user named in username the platform permission Generate Token.',
    },
    registration: {
        CREDENTIALS_REJECTED: 'The access token is not valid: it may have expired, or a newer token of this api-key ended it. ' +
            'Get a new code from the browser consent and run this again within ten minutes.',
        NOT_FOUND: 'Check environment and gateway: api2 and api3 register at different addresses.',
        PERMISSION_DENIED: 'Ask a Sprinklr admin to give the user who consented the platform permission Generate Token.',
        SERVER_ERROR: 'The certificate may have been registered all the same, so it was not tried again. What a second registration of the same ' +
            "certificate does is not documented: ask Sprinklr's support, or make a new certificate and register that one.",
        RESPONSE_INVALID: 'The certificate may have been registered all the same. If Sprinklr names a reason, start there; else check gateway, environment and base-url.',
    },
    'code exchange': {
        CREDENTIALS_REJECTED: 'A code works once and for ten minutes: get a new one from the browser consent. ' +
            'If a fresh one is refused, check api-secret and redirect-uri (to the letter, with or without its final slash).',
        NOT_FOUND: 'Check environment and gateway.',
        PERMISSION_DENIED: 'Ask a Sprinklr admin to give the user who consented the platform permission Generate Token.',
        SERVER_ERROR: 'The code may be spent, so it was not tried again. Get a new one from the browser consent and run this once more.',
    },
    'identity check': {
        CREDENTIALS_REJECTED: 'The token was made a moment ago, so the likely cause is another job that has made one with the same API key since: that ends this one. ' +
            'Mint once and share the token, see docs/parallel-jobs.md.',
    },
};
const REMEDIES = {
    API_KEY_INACTIVE: 'Check api-key for a wrong or missing character, and that environment is the one the key was made for.',
    ENVIRONMENT_MISMATCH: 'Set environment to the one the api-key was made for. To find it, search the page source of the Sprinklr UI for "sentry-environment".',
    RATE_LIMITED: 'Sprinklr allows 10 requests a second and 1,000 an hour for one API key by default. Run the job later, or with fewer calls.',
    REDIRECTED: 'Check environment, gateway and base-url; a login page or a proxy on the way also redirects.',
    RESPONSE_INVALID: 'Check gateway, environment and base-url, and whether a proxy answers in place of Sprinklr.',
    SERVER_ERROR: "Run the job again later. If it lasts, ask Sprinklr's support with the time of this run.",
};
/** A location may be relative (RFC 9110 §10.2.2), with or without a host. */
function redirectHost({ headers }, secrets) {
    const { location = '' } = headers;
    const here = new URL('https://same.invalid');
    if (location === '' || !URL.canParse(location, here.href))
        return 'no readable address';
    const { host } = new URL(location, here);
    return host === here.host ? 'the same host' : clean(host, secrets) || 'no host';
}

;// CONCATENATED MODULE: ./src/sprinklr/waiting.ts
/**
 * Seconds until the next attempt: what the server asks for, else 1 s, 2 s, 4 s, … (contract.md, "Limits").
 * A random part on top keeps jobs that were refused together from coming back together.
 *
 * @param attempt the attempt that failed, from 1
 * @param random from 0 up to 1
 */
function secondsToWait(after) {
    const asked = after.headers === undefined ? undefined : secondsAsked(after.headers, after.now);
    return asked === undefined
        ? 2 ** (after.attempt - 1) * (1 + after.random / 2)
        : Math.min(asked, LONGEST_WAIT) + after.random / 4;
}
/** A day, in seconds: nobody's bound reaches as far, and digits can go on beyond all numbers. */
const LONGEST_WAIT = 24 * 3600;
/** `Retry-After` in seconds or as a date (RFC 9110 §10.2.3), else `X-RateLimit-Reset` (epoch seconds). */
function secondsAsked(headers, runnerNow) {
    // Instants are the server's, so they are measured by its own clock where it tells the time.
    const now = serverDate(headers) ?? runnerNow;
    const until = (instant) => instant === undefined ? undefined : Math.max(0, (instant - now.valueOf()) / 1000);
    const retryAfter = headers['retry-after']?.trim() ?? '';
    if (/^\d+$/.test(retryAfter))
        return Number(retryAfter);
    const reset = headers['x-ratelimit-reset'];
    return (until(httpDate(retryAfter)?.valueOf()) ??
        (typeof reset === 'string' && /^\d+$/.test(reset) ? until(Number(reset) * 1000) : undefined));
}
/** The instant of an answer's `Date` header, where it has a readable one. */
function serverDate(headers) {
    return httpDate(headers.date ?? '');
}
/** RFC 9110 §5.6.7. JavaScript alone would take `-5` for a date, too. */
function httpDate(text) {
    const date = new Date(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, .+ GMT$/.test(text) ? text : '');
    return Number.isNaN(date.valueOf()) ? undefined : date;
}

;// CONCATENATED MODULE: ./src/sprinklr/http.ts








/** Opens the one way to the network: bounded in time and bytes, never redirected. */
function openHttp(limits, { log, random, now }) {
    const bound = AbortSignal.timeout(limits.timeoutSeconds * 1000);
    const endsAt = performance.now() + limits.timeoutSeconds * 1000;
    const outlasts = (seconds) => seconds * 1000 >= endsAt - performance.now();
    return {
        async send(build, repeat) {
            for (let attempt = 1;; attempt++) {
                const request = await build();
                const { answer, failure } = await attemptOnce(request, bound, limits);
                const { origin, pathname } = request.url;
                log.debug(`${request.method} ${origin}${pathname}: ${answer ? answer.status : failure.error.code}`);
                const mayRepeat = answer
                    ? mayRepeatAfter(answer, repeat)
                    : failure.mayPass && (repeat === 'safe' || (repeat === 'not-taken' && failure.unsent));
                const wait = secondsToWait({ attempt, random: random(), headers: answer?.headers, now: now() });
                const wanted = mayRepeat && attempt < limits.maxAttempts;
                if (!wanted || outlasts(wait)) {
                    if (failure)
                        throw told(failure, attempt, repeat);
                    return { ...answer, attempts: attempt, ...(wanted && { waitPastBound: wait }) };
                }
                const why = answer ? `Sprinklr answered HTTP ${answer.status}.` : failure.error.message;
                log.info(`${why} Trying again in ${wait.toFixed(1)} s (attempt ${attempt + 1} of ${limits.maxAttempts}).`);
                await (0,promises_namespaceObject.setTimeout)(wait * 1000);
            }
        },
    };
}
/** The failure as it ends a call: how often it was tried, and, where that matters, that it may have been carried out. */
function told({ error, unsent }, attempt, repeat) {
    const { code, message, remedy } = error;
    const tried = attempt > 1 ? ` It was tried ${attempt} times.` : '';
    const taken = repeat === 'not-taken' && !unsent ? ' The request may have been carried out all the same.' : '';
    return new ActionError(code, `${message}${tried}${taken}`, remedy);
}
function mayRepeatAfter(answer, repeat) {
    const code = rejectionOf(answer)?.code;
    return repeat !== 'never' && (code === 'RATE_LIMITED' || (code === 'SERVER_ERROR' && repeat === 'safe'));
}
async function attemptOnce(request, bound, limits) {
    requireReadableProxy(request.url);
    const client = new lib_HttpClient('sprinklr-token', [requestHandler(bound, limits)], {
        allowRedirects: false,
        // An idle timeout, not a bound: longer than ours, so that ours always speaks first.
        socketTimeout: limits.timeoutSeconds * 2000,
    });
    try {
        const response = client.request(request.method, request.url.href, request.body, {
            Accept: 'application/json',
            'Accept-Encoding': 'identity',
            ...request.headers,
        });
        const { message } = await Promise.race([response, rejectedBy(bound)]);
        const body = await readBody(message);
        return { answer: { status: message.statusCode ?? 0, headers: message.headers, ...body } };
    }
    catch (error) {
        return { failure: networkFailure(error, request.url, bound.aborted ? limits.timeoutSeconds : undefined) };
    }
    finally {
        client.dispose();
    }
}
/** `@actions/http-client` takes neither a signal nor a client certificate, but lets a handler set what Node's own request takes. */
function requestHandler(signal, { clientCertificate }) {
    return {
        prepareRequest(options) {
            options.signal = signal;
            // On the agent, because a tunnel through a proxy reads nothing else.
            if (clientCertificate !== undefined)
                Object.assign(options.agent.options, clientCertificate);
        },
        canHandleAuthentication: () => false,
        handleAuthentication: () => Promise.reject(new Error('not used')),
    };
}
/** A request that waits for a proxy to open its tunnel does not hear of its own signal. */
function rejectedBy(signal) {
    return new Promise((_, reject) => {
        const stop = () => {
            reject(signal.reason);
        };
        if (signal.aborted)
            stop();
        signal.addEventListener('abort', stop, { once: true });
    });
}
async function readBody(message) {
    const chunks = [];
    let bytes = 0;
    for await (const chunk of message) {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES)
            return { body: '', cut: true };
        chunks.push(chunk);
    }
    return { body: Buffer.concat(chunks).toString('utf8'), cut: false };
}

;// CONCATENATED MODULE: ./src/sprinklr/app-id.ts

/**
 * Reads an App ID as people paste it. The answer that carries it writes `=` as `\u003d`, so a copy from raw
 * JSON ends in a literal `\u003d\u003d` (contract.md §1).
 *
 * @throws {ActionError} INPUT_INVALID
 */
function parseAppId(text) {
    const unescaped = text.trim().replace(/\\u003d/gi, '=');
    if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(unescaped)) {
        throw new ActionError('INPUT_INVALID', 'The input app-id is not an App ID: it has characters that base64 does not have.', 'Paste the value of "data" from the answer of the registration, without quotes; it usually starts with eyJ.');
    }
    return unescaped;
}
/** What an App ID says of itself: the partner, and when its certificate was registered. `undefined` where it does not. */
function decodeAppId(appId) {
    try {
        const claims = JSON.parse(Buffer.from(appId, 'base64').toString('utf8'));
        if (typeof claims !== 'object' || claims === null)
            return undefined;
        const { pId, tId } = claims;
        return {
            ...(typeof pId === 'number' && { partnerId: pId }),
            ...(typeof tId === 'number' &&
                !Number.isNaN(new Date(tId).valueOf()) && { registeredAt: new Date(tId) }),
        };
    }
    catch {
        return undefined;
    }
}

;// CONCATENATED MODULE: ./src/sprinklr/registration.ts


/**
 * Uploads a certificate and returns the App ID that Sprinklr gave it (contract.md §1). Nothing says what a second
 * registration of the same certificate does, so a call that may have been taken is not made again.
 *
 * @throws {ActionError} every code of the table in interface.md, "Failure"
 */
async function registerCertificate(http, { gateway, apiKey, accessToken, certificate }, { secrets }) {
    const operation = 'registration';
    const request = {
        method: 'POST',
        url: gateway.register,
        headers: {
            Authorization: `Bearer ${accessToken}`,
            // The header tables name the one, the portal's own example the other (contract.md §1).
            'X-API-KEY': apiKey,
            Key: apiKey,
            'Content-Type': 'application/json',
        },
        body: certificate,
    };
    const answer = await http.send(() => request, 'not-taken');
    if (answer.status < 200 || answer.status >= 300)
        throw refusal(answer, operation, secrets);
    const { data } = documentedBody(answer, { operation, secrets });
    try {
        return parseAppId(typeof data === 'string' ? data : '');
    }
    catch {
        throw unexpectedAnswer(answer, 'holds no App ID', { operation, secrets });
    }
}

;// CONCATENATED MODULE: ./src/sprinklr/tokens.ts


/** How far, in seconds, the clocks may be apart before a refusal is taken for a clock's fault (interface.md, "Clock"). */
const CLOCK_TOLERANCE = 30;
/**
 * Exchanges assertions for an access token (contract.md §3). Safe to repeat: a token that got lost on the way is
 * ended by the next one.
 *
 * @throws {ActionError} every code of the table in interface.md, "Failure"
 */
async function exchangeAssertion(http, exchange, surroundings) {
    const operation = 'token exchange';
    const { log, secrets } = surroundings;
    let clock = () => surroundings.now();
    const request = async () => exchangeRequest(exchange, await exchange.sign(clock()));
    let answer = await http.send(request, 'safe');
    const skew = clockSkew(answer, clock());
    if ((answer.status === 400 || answer.status === 401) && Math.abs(skew) > CLOCK_TOLERANCE) {
        log.warning(`The clock of this runner is ${Math.abs(skew).toFixed(0)} s ${skew > 0 ? 'behind' : 'ahead of'} Sprinklr's. ` +
            "Signed once more by Sprinklr's clock; set the runner's clock right.");
        clock = () => new Date(surroundings.now().valueOf() + skew * 1000);
        answer = await http.send(request, 'never');
    }
    if (answer.status < 200 || answer.status >= 300)
        throw refusal(answer, operation, secrets);
    return readTokenAnswer(answer, { operation, surroundings: { ...surroundings, now: clock } });
}
/**
 * Exchanges the one-time code of a browser consent for an access token (contract.md §4). The code works once, so
 * nothing that could have been taken is sent again.
 *
 * @throws {ActionError} every code of the table in interface.md, "Failure"
 */
async function exchangeCode(http, { gateway, app, code }, surroundings) {
    const operation = 'code exchange';
    const request = {
        method: 'POST',
        url: gateway.codeGrant,
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ ...grantParameters(app), code }).toString(),
    };
    const answer = await http.send(() => request, 'not-taken');
    if (answer.status < 200 || answer.status >= 300)
        throw refusal(answer, operation, surroundings.secrets);
    return readTokenAnswer(answer, { operation, surroundings });
}
function exchangeRequest({ gateway, app, appId, parametersIn }, assertion) {
    // Sprinklr takes the assertion under the name of a refresh token (contract.md §3).
    const parameters = new URLSearchParams({ ...grantParameters(app), refresh_token: assertion });
    const url = gateway.exchange(appId);
    if (parametersIn === 'query')
        url.search = parameters.toString();
    return {
        method: 'POST',
        url,
        headers: { key: app.apiKey, 'Content-Type': 'application/x-www-form-urlencoded' },
        body: parametersIn === 'body' ? parameters.toString() : '',
    };
}
function grantParameters({ apiKey, apiSecret, redirectUri }) {
    return {
        client_id: apiKey,
        client_secret: apiSecret,
        redirect_uri: redirectUri,
        grant_type: 'authorization_code',
    };
}
/** Seconds that the server's clock is ahead of `now`; 0 where it does not tell the time. */
function clockSkew({ headers }, now) {
    return ((serverDate(headers) ?? now).valueOf() - now.valueOf()) / 1000;
}
/** Believes nothing of an answer before it has been looked at, and masks what is secret in it before anything else. */
function readTokenAnswer(answer, { operation, surroundings: { now, secrets } }) {
    const context = { operation, secrets };
    for (const secret of tokensIn(answer.body))
        secrets.protect(secret);
    const body = documentedBody(answer, context);
    const value = body['access_token'];
    if (typeof value !== 'string' || value === '')
        throw unexpectedAnswer(answer, 'holds no access token', context);
    // Eight characters is the least that can be masked without eating the log.
    if (!/^[\x21-\x7e]{8,}$/.test(value))
        throw unexpectedAnswer(answer, 'holds a token that is not one printable line', context);
    const type = body['token_type'] ?? 'Bearer';
    if (typeof type !== 'string' || type.toLowerCase() !== 'bearer')
        throw unexpectedAnswer(answer, 'holds no bearer token', context);
    // `Expires_in` in the example, `expires_in` in the table, a number or its digits (contract.md §3).
    const lifetime = body['expires_in'] ?? body['Expires_in'];
    const expiresIn = typeof lifetime === 'string' && /^\d+$/.test(lifetime) ? Number(lifetime) : lifetime;
    if (typeof expiresIn !== 'number' ||
        !Number.isInteger(expiresIn) ||
        expiresIn <= 0 ||
        expiresIn > LONGEST_LIFETIME) {
        throw unexpectedAnswer(answer, 'does not say how long the token lives', context);
    }
    return { value, type: 'Bearer', expiresIn, expiresAt: new Date(now().valueOf() + expiresIn * 1000) };
}
/** A hundred years, in seconds: more is no lifetime, and would overflow a date. */
const LONGEST_LIFETIME = 100 * 365 * 24 * 3600;
/** The texts that an answer holds under the names of tokens, even where the answer as a whole is unusable. */
function tokensIn(body) {
    return [...body.matchAll(/"(?:access|refresh|id)_token"\s*:\s*("(?:[^"\\]|\\.)*")/g)].flatMap(([, literal = '""']) => {
        try {
            return [JSON.parse(literal)];
        }
        catch {
            return [literal.slice(1, -1)];
        }
    });
}

;// CONCATENATED MODULE: ./src/credentials/der.ts
/**
 * A file's outline (tags in hex, a one-byte INTEGER with its value, what is inside the first SEQUENCE in brackets)
 * -> what it is. A file that is cut short shows only how its outline starts.
 */
const outlines = [
    [/^02=[01] 30\(06.*\) 04/, 'pkcs8'], // RFC 5958 §2
    [/^02=0( 02(=\d+)?){5}$/, 'dsa'],
    [/^02=[01] 02/, 'pkcs1'], // RFC 8017 appendix A.1.2
    [/^02=1 04/, 'sec1'], // RFC 5915 §3
    [/^30\(06.*\) 04/, 'encrypted-pkcs8'], // RFC 5958 §3
    [/^30\(06.*\) 03/, 'public-key'], // RFC 5280 §4.1
    [/^02 02(=\d+)?$/, 'public-key'], // RFC 8017 appendix A.1.1
    [/^30\((a0|02(=\d+)? 30 30 30)/, 'certificate'], // RFC 5280 §4.1, version 3 or 1
    [/^30\(02=0 30 30/, 'certificate-request'], // RFC 2986 §4
    [/^02=3 30/, 'pkcs12'], // RFC 7292 §4
    [/^06 a0/, 'pkcs7'], // RFC 5652 §3
];
/** Tells what a DER file is by its outline, whole or not; undefined for bytes that are not DER. */
function identifyDer(bytes) {
    const outer = readElement(bytes, 0);
    if (outer?.tag !== '30')
        return undefined;
    const outline = outlineOf(bytes, outer);
    const kind = outlines.find(([pattern]) => pattern.test(outline))?.[1] ?? 'other-der';
    // Any byte can be a SEQUENCE by chance: an unknown outline counts only with a length that makes sense.
    const fits = outer.end === bytes.length || (bytes[1] === 0x82 && outer.end > bytes.length);
    return kind !== 'other-der' || fits ? { kind, size: outer.end } : undefined;
}
/** Reads a tag and a length (X.690 §8.1.3); undefined if they are not whole. */
function readElement(bytes, at) {
    const tag = bytes[at];
    const length = bytes[at + 1];
    if (tag === undefined || length === undefined)
        return undefined;
    const element = (start, end) => ({
        tag: tag.toString(16).padStart(2, '0'),
        start,
        end,
    });
    if (length < 0x80)
        return element(at + 2, at + 2 + length);
    // Some programs write PKCS#12 with indefinite lengths.
    if (length === 0x80)
        return element(at + 2, bytes.length);
    const start = at + 2 + (length & 0x7f);
    if (length > 0x84 || start > bytes.length)
        return undefined;
    return element(start, start + bytes.readUIntBE(at + 2, start - at - 2));
}
function outlineOf(bytes, parent, depth = 0) {
    const seen = [];
    let opensNext = depth === 0;
    let at = parent.start;
    while (at < parent.end && seen.length < 12) {
        const child = readElement(bytes, at);
        if (!child)
            break;
        if (child.tag === '02' && child.end - child.start === 1) {
            seen.push(`02=${bytes[child.start] ?? ''}`);
        }
        else if (child.tag === '30' && opensNext) {
            seen.push(`30(${outlineOf(bytes, child, depth + 1)})`);
            opensNext = false;
        }
        else {
            seen.push(child.tag);
        }
        at = child.end;
    }
    return seen.join(' ');
}

;// CONCATENATED MODULE: external "node:buffer"
const external_node_buffer_namespaceObject = require("node:buffer");
;// CONCATENATED MODULE: ./src/credentials/pem.ts

/** Undoes what shells, JSON and editors do to a text on its way into a secret: quotes, marks, `\n` written out. */
function pem_tidy(value) {
    const visible = value.replace(/[\ufeff\u200b\u2060]/g, '');
    const unescaped = visible.replace(/\\{1,4}[rn]/g, '\n');
    const text = bare(unescaped);
    const repairs = [
        [visible !== value, 'with a byte-order mark'],
        [text !== unescaped.trim(), 'in quotes'],
        [unescaped !== visible, 'with \\n written out'],
    ];
    return { text, repairs: repairs.filter(([needed]) => needed).map(([, words]) => words) };
}
/** Without quotes and white space at both ends. Not one regular expression: those take quadratic time on long runs. */
function bare(text) {
    const wrapping = /[\s"'`\\\u2018\u2019\u201c\u201d]/;
    let start = 0;
    let end = text.length;
    while (start < end && wrapping.test(text.charAt(start)))
        start++;
    while (start < end && wrapping.test(text.charAt(end - 1)))
        end--;
    return text.slice(start, end);
}
/** Decodes base64 in either alphabet, wrapped or not, padded or not; undefined for anything else. */
function decodeBase64(text) {
    const compact = text.replace(/\s+/g, '');
    return /^[\w+/-]+=*$/.test(compact) ? external_node_buffer_namespaceObject.Buffer.from(compact, 'base64') : undefined;
}
/** The text that a file holds, in UTF-8 or as Windows PowerShell's `>` writes it; undefined for a binary file. */
function textOf(file) {
    const utf16 = file[0] === 0xff && file[1] === 0xfe;
    if (!utf16 && !(0,external_node_buffer_namespaceObject.isUtf8)(file))
        return undefined;
    const text = file.toString(utf16 ? 'utf16le' : 'utf8');
    return hasControlCharacters(text) ? undefined : text;
}
/** Whether a text has characters that binary data read as text has, and no text file. */
function hasControlCharacters(text) {
    return /[^\P{Cc}\t\n\r]|\ufffd/u.test(text);
}
/** A frame's words, whole or cut short by the end of the text. */
const marker = /-{1,5}\s?(BEGIN|END)\s?([A-Z0-9.#\s]{1,40})(?:-{1,5}|$)/g;
/** Line ends may be spaces here, or be gone: an IV has 16 or 32 digits, then the body starts. */
const encryption = /Proc-Type:[^:]{0,40}DEK-Info:\s?([A-Z0-9-]{1,20}),\s?((?:[0-9A-F]{16}){1,2})/;
/** The frames in a text, wherever they stand, whatever became of their line ends. */
function findFrames(text) {
    const markers = [...text.matchAll(marker)];
    return markers.flatMap((begin, i) => {
        const [start, word, label = ''] = begin;
        if (word !== 'BEGIN')
            return [];
        const next = markers[i + 1];
        const closed = next?.[1] === 'END';
        const inside = text.slice(begin.index + start.length, next?.index);
        const [header, cipher, iv] = encryption.exec(inside) ?? [];
        // An unclosed frame may end in the middle of its END line.
        const base64 = inside.replace(header ?? '', '').replace(closed ? '' : /-.*$/s, '');
        const body = base64.replace(/[\s\\]+/g, '');
        return [
            {
                label,
                body,
                encryptedPem: cipher && iv ? writeEncrypted(label, `${cipher},${iv}`, body) : undefined,
                closed,
                hasLines: inside.includes('\n'),
            },
        ];
    });
}
/** Whether a text has the END line of a frame, but no BEGIN line before it. */
function startsWithEnd(text) {
    return text.matchAll(marker).next().value?.[1] === 'END';
}
function writeEncrypted(label, dekInfo, body) {
    const name = `${/^(?:EC|DSA)/.exec(label)?.[0] ?? 'RSA'} PRIVATE KEY`;
    const lines = body.match(/.{1,64}/g) ?? [];
    return [
        `-----BEGIN ${name}-----`,
        'Proc-Type: 4,ENCRYPTED',
        `DEK-Info: ${dekInfo}`,
        '',
        ...lines,
        `-----END ${name}-----`,
        '',
    ].join('\n');
}

;// CONCATENATED MODULE: ./src/credentials/find-certificates.ts


const NO_BYTES = Buffer.alloc(0);
const PRIVATE_KEY = { kind: 'private-key', der: NO_BYTES };
/** A file, its base64, that inside the frame of `certutil -encode`, that as a secret: nobody wraps more than this. */
const MAX_DEPTH = 3;
/** Everything in a text that can be told apart, in order. Each layer of base64 is looked into. */
function* findCertificates(text, depth = 0) {
    if (mentionsPrivateKey(text) || hasEncodedPrivateKey(text))
        yield PRIVATE_KEY;
    const frames = findFrames(text);
    for (const { label, body, closed } of frames) {
        const isCertificate = label.trim().endsWith('CERTIFICATE');
        const bytes = decodeBase64(body);
        const finds = bytes ? [...lookInside(bytes, depth)] : [];
        // OpenSSL appends its trust settings to a TRUSTED CERTIFICATE; Sprinklr gets it without.
        yield* label.includes('TRUSTED') ? finds.slice(0, 1) : finds;
        if (!closed)
            yield { kind: 'cut-short', der: NO_BYTES };
        else if (isCertificate && finds.every(({ kind }) => kind === 'other-der')) {
            yield { kind: 'damaged', der: NO_BYTES };
        }
    }
    if (frames.length > 0)
        return;
    const bytes = decodeBase64(text);
    if (bytes)
        yield* lookInside(bytes, depth);
}
/** What a decoded file is: DER structures one after the other, or text. */
function* lookInside(file, depth) {
    if (mentionsPrivateKey(file.toString('latin1').replaceAll('\0', '')))
        yield PRIVATE_KEY;
    const text = identifyDer(file) ? undefined : textOf(file);
    if (text !== undefined) {
        if (depth < MAX_DEPTH)
            yield* findCertificates(pem_tidy(text).text, depth + 1);
        return;
    }
    for (let rest = file; rest.length > 0;) {
        const der = identifyDer(rest);
        if (!der) {
            // After a certificate, that is dirt; on its own, it can be anything.
            if (rest !== file)
                yield { kind: 'damaged', der: NO_BYTES };
            return;
        }
        const bytes = rest.subarray(0, der.size);
        const kind = kindOf(der.kind);
        yield { kind, der: bytes };
        if (kind !== 'private-key' && bytes.length < der.size)
            yield { kind: 'cut-short', der: NO_BYTES };
        rest = rest.subarray(der.size);
        while (rest[0] === LINE_FEED || rest[0] === CARRIAGE_RETURN)
            rest = rest.subarray(1);
    }
}
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const PRIVATE_KINDS = ['pkcs8', 'pkcs1', 'sec1', 'encrypted-pkcs8', 'dsa'];
function kindOf(kind) {
    return isPrivateKind(kind) ? 'private-key' : kind;
}
function isPrivateKind(kind) {
    return PRIVATE_KINDS.some((one) => one === kind);
}
/**
 * Whether a text has the words that only a private key's file has: PEM and PGP, OpenSSH's binary form, PuTTY,
 * `openssl rsa -text`, JWK. Lost dashes, spaces and line ends make it no less a key.
 */
function mentionsPrivateKey(text) {
    const words = /(?:BEGIN|END)[A-Z0-9]{0,30}PRIVATEKEY|openssh-key-v1|PuTTY-User-Key-File|privateExponent:|[{,]"d":"[\w-]{20}/;
    return words.test(text.replace(/[\s\\]+/g, ''));
}
/**
 * Whether base64 of a private key starts anywhere in a text, for instance below a certificate.
 * Its first bytes say so; to decode no more than those keeps the time in proportion to the text.
 */
function hasEncodedPrivateKey(text) {
    // Base64 of a DER sequence, of `---` and of `openssh-key-v1`, at the start of a word.
    for (const { index } of text.matchAll(/(?<![A-Za-z0-9+/])(?:M[A-P]|LS0t|b3Bl)[\w+/-]{2}/g)) {
        const [start = ''] = /^[\w+/-]*/.exec(text.slice(index, index + 400).replace(/[\s\\]+/g, '')) ?? [];
        const file = Buffer.from(start, 'base64');
        const der = identifyDer(file);
        if (der && isPrivateKind(der.kind))
            return true;
        if (mentionsPrivateKey(file.toString('latin1')))
            return true;
    }
    return false;
}

;// CONCATENATED MODULE: ./src/credentials/not-a-key.ts


/** Texts that give themselves away, in the order of trying. No pattern takes more than linear time. */
const texts = [
    [/^$/, 'empty'],
    [/^[{[]/, 'json'],
    [/^PuTTY-User-Key-File-/, 'ppk'],
    [/^(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S{1,20}|sk-\S{1,40}) AAAA/, 'public-key'],
    [/^eyJ[\w-]*(?:\.[\w-]*){2,4}$/, 'jwt'],
    [/^(?:\$.{1,200}|%\w+%|\*+|<[^<>]*>|[A-Z0-9]+(?:_[A-Z0-9]+)+)$/s, 'placeholder'],
    [/^</, 'markup'],
    [/^(?=.{1,260}$)(?:@|~[\\/]|\.{1,2}[\\/]|[a-z]:[\\/]|file:|\/[\w.-]+(?:\/[\w.-]+)+$)/is, 'path'],
    [/^.{1,260}\.(?:der|key|pem|p8|pk8|p12|pfx|jks|ppk|crt|cer|csr|pub|b64|base64|txt)$/is, 'path'],
    [/^(?:0x)?(?:[0-9a-f]{2}[\s:]?){16,}$/i, 'hex'],
    [/^0\u201a/, 'raw-bytes'],
];
/** Tells by its looks what a text is; undefined if it looks like nothing known. */
function recogniseText(text) {
    if (hasControlCharacters(text))
        return 'raw-bytes';
    if (startsWithEnd(text))
        return 'end-line';
    return texts.find(([pattern]) => pattern.test(text))?.[1];
}
const storeDer = '`openssl base64 -A -in server.der | gh secret set SPRINKLR_PRIVATE_KEY`';
const makeDer = '`openssl pkcs8 -topk8 -inform PEM -outform DER -in server.key -out server.der -nocrypt`';
const storePem = '`gh secret set SPRINKLR_MTLS_PRIVATE_KEY < client.key`';
const wordsForSigning = {
    input: 'private-key',
    passphrase: 'private-key-passphrase',
    file: 'server.key',
    store: `${makeDer}, then ${storeDer}`,
    storeAgain: storeDer,
    storePlain: `${makeDer}, then ${storeDer}`,
    certify: 'register a certificate for it with `mode: register`',
};
const wordsForMutualTls = {
    input: 'mtls-private-key',
    passphrase: 'mtls-passphrase',
    file: 'client.key',
    store: storePem,
    storeAgain: storePem,
    storePlain: `\`openssl pkey -in encrypted.key -out client.key\`, then ${storePem}`,
    certify: 'get a client certificate for it',
};
function wordsFor(input) {
    return input === wordsForMutualTls.input ? wordsForMutualTls : { ...wordsForSigning, input };
}
/** How a key of a kind that is of no use gets replaced. */
function remedyForNewKey(input) {
    const { file, certify, store } = wordsFor(input);
    return `Make an RSA key: \`openssl genrsa -out ${file} 2048\`; ${certify}; then run ${store}.`;
}
const fromKeyFile = ({ store, file }) => `With the private key's own file (${file}), run ${store}.`;
const again = ({ storeAgain }) => `Store the whole file once more: ${storeAgain}.`;
const sayings = {
    empty: {
        code: 'INPUT_MISSING',
        problem: 'is empty',
        remedy: ({ store }) => 'Compare the name of the secret with the one in the workflow: a secret that does not exist is an empty text. ' +
            'Runs for forks and for Dependabot get no secrets. The secret of an environment needs `environment:` on the job; ' +
            `a reusable workflow needs \`secrets: inherit\`. If it was never set, run ${store}.`,
    },
    certificate: { problem: 'holds a certificate, not its private key', remedy: fromKeyFile },
    'certificate-request': { problem: 'holds a certificate request, not a private key', remedy: fromKeyFile },
    'public-key': { problem: 'holds a public key, and only the private one can sign', remedy: fromKeyFile },
    openssh: {
        problem: "holds a private key in OpenSSH's own format",
        remedy: ({ file, store }) => `Convert a copy: \`cp id_rsa ${file} && ssh-keygen -p -m PKCS8 -N "" -f ${file}\`, then ${store}.`,
    },
    ppk: {
        problem: "holds a private key in PuTTY's own format (.ppk)",
        remedy: ({ file, store }) => `Convert it: \`puttygen key.ppk -O private-openssh -o ${file}\`, then ${store}.`,
    },
    pkcs12: {
        problem: 'holds a PKCS#12 file (.p12 or .pfx)',
        remedy: ({ file, store }) => `Take the key out: \`openssl pkcs12 -in server.p12 -nocerts -nodes -out ${file}\`, then ${store}.`,
    },
    jks: {
        problem: 'holds a Java keystore (JKS)',
        remedy: ({ file, store }) => 'Take the key out: `keytool -importkeystore -srckeystore server.jks -destkeystore server.p12 -deststoretype PKCS12` ' +
            `and \`openssl pkcs12 -in server.p12 -nocerts -nodes -out ${file}\`, then ${store}.`,
    },
    pkcs7: { problem: 'holds a PKCS#7 file, which has certificates but no key', remedy: fromKeyFile },
    dsa: {
        code: 'KEY_UNSUPPORTED',
        problem: 'holds a DSA key, which is of no use here',
        remedy: ({ input }) => remedyForNewKey(input),
    },
    'other-der': {
        problem: ({ length }) => `holds a DER file (${length} bytes) that is not a private key`,
        remedy: fromKeyFile,
    },
    damaged: {
        problem: 'holds what begins as a private key, but is damaged inside or of a kind unknown here',
        remedy: again,
    },
    'cut-short': {
        problem: ({ length, size }) => `holds a file that is cut short: ${length} of its ${size} bytes are there, ${size - length} are missing`,
        remedy: again,
    },
    'end-missing': {
        problem: 'holds a PEM file that is cut short: its END line is missing',
        remedy: fromKeyFile,
    },
    trailing: {
        problem: ({ length, size }) => `holds a private key of ${size} bytes with ${length - size} bytes after it that do not belong to it`,
        remedy: again,
    },
    oversized: {
        problem: ({ length }) => `holds a file of ${length} bytes, which is too large for a private key`,
        remedy: fromKeyFile,
    },
    'first-line': {
        problem: 'holds only the first line of a PEM file: whatever stored it takes one line of text',
        remedy: ({ store }) => `Store it with a command that reads all of the file: ${store}.`,
    },
    'end-line': {
        problem: 'holds only the end of a PEM file: its BEGIN line is missing',
        remedy: fromKeyFile,
    },
    'frame-garbled': {
        problem: 'holds a PEM file with something other than base64 between BEGIN and END',
        remedy: fromKeyFile,
    },
    'frame-unknown': {
        problem: ({ length }) => `holds a PEM file, but the ${length} bytes inside are not a key`,
        remedy: fromKeyFile,
    },
    'raw-bytes': {
        problem: 'holds the bytes of a binary file such as DER, damaged by storing them as text',
        remedy: ({ storeAgain }) => `A secret holds text only, so store the file as text: ${storeAgain}.`,
    },
    path: {
        problem: 'looks like the name of a file, and the content is wanted',
        remedy: ({ storeAgain }) => `Store what is in the file: ${storeAgain}.`,
    },
    jwt: {
        problem: 'holds a JWT, which is what the action makes with the key, not the key',
        remedy: fromKeyFile,
    },
    json: {
        problem: 'holds a JSON document (the key of another service, or a JWK)',
        remedy: fromKeyFile,
    },
    markup: { problem: 'holds an XML or HTML document', remedy: fromKeyFile },
    hex: {
        problem: 'holds hexadecimal digits, and base64 is wanted',
        remedy: again,
    },
    placeholder: {
        problem: 'holds a placeholder or the name of a variable, not its value',
        remedy: ({ input, store }) => `Write \`${input}: \${{ secrets.NAME }}\` in the workflow; no shell fills in variables there. To set the secret, run ${store}.`,
    },
    'base64-unknown': {
        problem: ({ length }) => `holds base64, but the ${length} bytes in it are not a key`,
        remedy: fromKeyFile,
    },
    'text-unknown': {
        problem: ({ length }) => `holds ${length} characters of text that are neither base64 nor PEM`,
        remedy: fromKeyFile,
    },
    'passphrase-missing': {
        code: 'KEY_ENCRYPTED',
        problem: (_, { passphrase }) => `holds an encrypted private key, and ${passphrase} is empty`,
        remedy: ({ passphrase, storePlain }) => `Set ${passphrase}, or store the key without a passphrase: ${storePlain}.`,
    },
    'passphrase-wrong': {
        code: 'KEY_ENCRYPTED',
        problem: (_, { passphrase }) => `holds an encrypted private key that ${passphrase} does not open`,
        remedy: ({ passphrase, storePlain }) => `Correct ${passphrase} (mind spaces and quotes that came along), or store the key without a passphrase: ${storePlain}.`,
    },
    'cipher-unsupported': {
        code: 'KEY_UNSUPPORTED',
        problem: 'holds a private key encrypted with an old algorithm that OpenSSL 3 no longer has',
        remedy: ({ file, store }) => `Encrypt it anew: \`openssl pkcs8 -topk8 -v2 aes-256-cbc -provider legacy -provider default -in old.key -out ${file}\`, then ${store}.`,
    },
};
/** Names what a value is instead of a usable private key, and what to do about it. */
function notAKey(look, input, facts) {
    const { code = 'KEY_UNREADABLE', problem, remedy } = sayings[look];
    const words = wordsFor(input);
    const said = typeof problem === 'string' ? problem : problem(facts, words);
    return new ActionError(code, `The input ${input} ${said}.`, remedy(words));
}

;// CONCATENATED MODULE: ./src/credentials/certificate.ts





const DAY_MS = 24 * 60 * 60_000;
const SIGN_REQUEST = 'openssl x509 -req -sha256 -days 365 -in server.csr -signkey server.key -out server.crt';
/**
 * Reads one certificate from what was pasted: PEM text with or without text around it, or base64 of PEM or DER.
 *
 * @param input the name of the input, for messages
 * @throws ActionError `INPUT_MISSING`, `CERTIFICATE_UNREADABLE`, or `CERTIFICATE_IS_PRIVATE_KEY` if there is a private key
 *   anywhere in the value, whatever else is in it
 */
function readCertificate(value, input) {
    const place = { input, file: 'server.crt', keyInput: 'private-key' };
    const [x509, ...others] = readAll(value, place);
    if (x509 === undefined || others.length > 0) {
        throw unreadable(place, {
            problem: `holds ${others.length + 1} certificates, and only the private key's own belongs there`,
            remedy: 'Give it only that one: `openssl x509 -in server.crt` prints the first one in a file.',
        });
    }
    if (!isIntact(x509)) {
        throw unreadable(place, { problem: damages.damaged });
    }
    return {
        pem: x509.toString(),
        fingerprint: x509.fingerprint256.replaceAll(':', '').toLowerCase(),
        // Node's types leave out that a certificate without a subject has undefined here.
        subject: (x509.subject ?? '').replaceAll('\n', ', '),
        notBefore: new Date(x509.validFrom),
        expiresAt: new Date(x509.validTo),
        x509,
    };
}
/**
 * Reads the client certificate for mutual TLS, with those of its issuers if they are there.
 *
 * @param input the name of the input, for messages
 * @returns PEM text, in the order given
 * @throws ActionError the codes of {@link readCertificate}
 */
function readCertificateChain(value, input) {
    const place = { input, file: 'client.crt', keyInput: 'mtls-private-key' };
    return readAll(value, place)
        .map((x509) => x509.toString())
        .join('');
}
/**
 * Makes sure that what this key signs can be checked with this certificate.
 *
 * @throws ActionError `CERTIFICATE_MISMATCH`
 */
function requireMatch(certificate, privateKey) {
    if (certificate.x509.checkPrivateKey(privateKey))
        return;
    throw new ActionError('CERTIFICATE_MISMATCH', 'The certificate and the private key do not belong together.', "Take both from the same run of step 3 of Sprinklr's guide: `openssl x509 -in server.crt -noout -pubkey` and " +
        '`openssl pkey -in server.key -pubout` must print the same.');
}
/**
 * Looks at the dates of a certificate.
 *
 * @param options.warningDays whole days; a certificate with less time left gets a warning
 * @returns a warning for the user, or undefined
 * @throws ActionError `CERTIFICATE_EXPIRED`
 */
function checkValidity(certificate, { now, warningDays }) {
    const { notBefore, expiresAt } = certificate;
    const left = expiresAt.getTime() - now.getTime();
    // The last moment is still a valid one (RFC 5280 §4.1.2.5).
    if (left < 0) {
        throw new ActionError('CERTIFICATE_EXPIRED', `The certificate expired at ${expiresAt.toISOString()}.`, 'Make a new key and certificate, register it with mode: register, and store the new App ID together with the new key (docs/setup.md, "Rotate the key and certificate").');
    }
    if (now < notBefore) {
        return (`The certificate is not valid before ${notBefore.toISOString()}, and this machine's clock says ` +
            `${now.toISOString()}. If the certificate is not meant for later, check that clock.`);
    }
    if (left >= warningDays * DAY_MS)
        return undefined;
    const days = Math.floor(left / DAY_MS);
    const when = days === 0 ? 'in less than a day' : days === 1 ? 'in one day' : `in ${days} days`;
    return `The certificate expires ${when}, at ${expiresAt.toISOString()}. Make and register a new one before then.`;
}
function readAll(value, place) {
    const { text } = pem_tidy(value);
    if (text === '') {
        throw new ActionError('INPUT_MISSING', `The input ${place.input} is empty.`, howToFill(place.file));
    }
    const finds = [...findCertificates(text)];
    // Before anything else that may be wrong: a leaked key is worse than all of it.
    if (finds.some(({ kind }) => kind === 'private-key'))
        throw holdsPrivateKey(place);
    for (const kind of ['cut-short', 'damaged']) {
        if (finds.some((find) => find.kind === kind))
            throw unreadable(place, { problem: damages[kind] });
    }
    const certificates = finds.filter(({ kind }) => kind === 'certificate');
    if (certificates.length === 0)
        throw unreadable(place, refuse(text, finds));
    return certificates.map(({ der }) => {
        const x509 = parse(der);
        if (!x509)
            throw unreadable(place, { problem: damages.damaged });
        return x509;
    });
}
/** OpenSSL's parser, and proof that every field that is read later can be read; undefined for anything else. */
function parse(der) {
    try {
        const x509 = new external_node_crypto_namespaceObject.X509Certificate(der);
        const dates = [x509.validFrom, x509.validTo].map((date) => Date.parse(date));
        const usable = x509.publicKey.type === 'public' && !dates.some(Number.isNaN);
        // Bytes that OpenSSL would write otherwise would be uploaded otherwise, with another fingerprint.
        return usable && x509.raw.equals(der) ? x509 : undefined;
    }
    catch {
        return undefined;
    }
}
/** The guide's certificates are self-signed, so each shows whether a paste has changed it. An issued one cannot. */
function isIntact(x509) {
    try {
        return x509.subject !== x509.issuer || x509.verify(x509.publicKey);
    }
    catch {
        return false;
    }
}
const damages = {
    'cut-short': 'stops before its end: a part of it was lost in copying',
    damaged: 'is damaged: some characters of it were changed, added or lost in copying',
};
const refusals = {
    'certificate-request': {
        problem: 'holds a certificate request, which still has to be signed',
        remedy: `Make the certificate from it: \`${SIGN_REQUEST}\``,
    },
    'public-key': {
        problem: 'holds a bare public key',
        remedy: `Make the certificate as in step 3 of Sprinklr's guide: \`${SIGN_REQUEST}\``,
    },
    pkcs7: {
        problem: 'holds a PKCS#7 file',
        remedy: 'Take the certificate out of it: `openssl pkcs7 -print_certs -in server.p7b -out server.crt`',
    },
    pkcs12: {
        problem: 'holds a PKCS#12 file, which has the private key in it as a rule',
        remedy: 'Take only the certificate out of it: `openssl pkcs12 -in server.p12 -clcerts -nokeys -out server.crt`. ' +
            'If the file has been anywhere but in a secret, make a new key pair.',
    },
    'end-line': { problem: damages['cut-short'] },
    placeholder: {
        problem: 'holds a placeholder that nothing was put in for',
        remedy: 'Check the name of the secret or variable, and how the workflow refers to it.',
    },
    path: {
        problem: "holds a path or a file's name, where the content of the file belongs",
        remedy: 'Print it with `openssl x509 -in server.crt`, and store that.',
    },
    'raw-bytes': {
        problem: 'holds the bytes of a binary file, which no text field leaves whole',
        remedy: 'Store it as text: `openssl base64 -A -in server.crt`',
    },
};
function refuse(text, finds) {
    const kind = finds[0]?.kind ?? recogniseText(text);
    const refusal = kind && refusals[kind];
    return (refusal ?? { problem: 'holds no certificate, neither as PEM text nor as base64 of a certificate file' });
}
function unreadable({ input, file }, { problem, remedy }) {
    return new ActionError('CERTIFICATE_UNREADABLE', `The input ${input} ${problem}.`, remedy ?? howToFill(file));
}
function holdsPrivateKey({ input, file, keyInput }) {
    return new ActionError('CERTIFICATE_IS_PRIVATE_KEY', `The input ${input} holds a private key. A certificate is public, so whatever handles this input may show it.`, `${howToFill(file)} The key belongs in a secret, and from there in the input ${keyInput}. If it was pasted ` +
        'anywhere but in a secret (a workflow file, a variable, a log), treat it as leaked: make a new key pair and ' +
        'register its certificate.');
}
function howToFill(file) {
    return `Give it what \`openssl x509 -in ${file}\` prints.`;
}

;// CONCATENATED MODULE: ./src/modes/certificate-check.ts

/**
 * Holds a certificate against the private key and the calendar; warns while there is still time.
 *
 * @throws {ActionError} CERTIFICATE_MISMATCH, CERTIFICATE_EXPIRED
 */
function checkCertificate(certificate, { privateKey, certificateWarningDays, }, { now, log }) {
    if (privateKey !== undefined)
        requireMatch(certificate, privateKey);
    const warning = checkValidity(certificate, { now: now(), warningDays: certificateWarningDays });
    if (warning !== undefined)
        log.warning(warning);
}

;// CONCATENATED MODULE: ./src/modes/register.ts




/**
 * Uploads the certificate and returns the App ID that every later token needs.
 *
 * @throws {ActionError} CERTIFICATE_MISMATCH, CERTIFICATE_EXPIRED, and what `exchangeCode` and `registerCertificate` throw
 */
async function register(request, surroundings) {
    const { certificate, gateway, apiKey } = request;
    checkCertificate(certificate, request, surroundings);
    const http = openHttp(request.limits, surroundings);
    const accessToken = await bearerFor(request, http, surroundings);
    const registration = { gateway, apiKey, accessToken, certificate: certificate.pem };
    const appId = await registerCertificate(http, registration, surroundings);
    return { mode: 'register', appId, certificate, apiUrl: gateway.apiUrl };
}
async function bearerFor({ grant, gateway }, http, surroundings) {
    if ('accessToken' in grant)
        return grant.accessToken;
    const { value } = await exchangeCode(http, { gateway, app: grant.app, code: grant.code }, surroundings);
    surroundings.log.info('The code is exchanged and spent. Registering the certificate.');
    return value;
}

;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/buffer_utils.js
const encoder = new TextEncoder(), decoder = new TextDecoder(), buffer_utils_strictDecoder = new TextDecoder("utf-8", { fatal: !0 }), UINT32_RANGE = 2 ** 32;
function concat(...buffers) {
  const size = buffers.reduce((acc, { length }) => acc + length, 0), buf = new Uint8Array(size);
  let i = 0;
  for (const buffer of buffers)
    buf.set(buffer, i), i += buffer.length;
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
const NON_ASCII = /[^\x00-\x7f]/;
function encode(string) {
  if (typeof string == "string" && string.length >= 128) {
    if (NON_ASCII.test(string))
      throw new TypeError("non-ASCII string encountered in encode()");
    return encoder.encode(string);
  }
  const bytes = new Uint8Array(string.length);
  for (let i = 0; i < string.length; i++) {
    const code = string.charCodeAt(i);
    if (code > 127)
      throw new TypeError("non-ASCII string encountered in encode()");
    bytes[i] = code;
  }
  return bytes;
}
function encodeBase64(input, url = !1) {
  if (Uint8Array.prototype.toBase64)
    return input.toBase64({ alphabet: url ? "base64url" : "base64", omitPadding: url });
  const CHUNK_SIZE = 32768, arr = [];
  for (let i = 0; i < input.length; i += CHUNK_SIZE)
    arr.push(String.fromCharCode.apply(null, input.subarray(i, i + CHUNK_SIZE)));
  const encoded = btoa(arr.join(""));
  return url ? encoded.replace(/=/g, "").replace(/\+/g, "-").replace(/\//g, "_") : encoded;
}
function buffer_utils_decodeBase64(encoded, url = !1) {
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


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/util/base64url.js

const invalid = "The input to be decoded is not correctly encoded.";
function decode(input) {
  try {
    return buffer_utils_decodeBase64(typeof input == "string" ? input : decoder.decode(input), !0);
  } catch (cause) {
    throw new TypeError(invalid, { cause });
  }
}
function base64url_encode(input) {
  return encodeBase64(typeof input == "string" ? encoder.encode(input) : input, !0);
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/util/errors.js
class JOSEError extends Error {
  static code = "ERR_JOSE_GENERIC";
  code = "ERR_JOSE_GENERIC";
  constructor(message, options) {
    super(message, options), this.name = this.constructor.name, Error.captureStackTrace?.(this, this.constructor);
  }
}
class errors_JWTClaimValidationFailed extends JOSEError {
  static code = "ERR_JWT_CLAIM_VALIDATION_FAILED";
  code = "ERR_JWT_CLAIM_VALIDATION_FAILED";
  claim;
  reason;
  payload;
  constructor(message, payload, claim = "unspecified", reason = "unspecified") {
    super(message, { cause: { claim, reason, payload } }), this.claim = claim, this.reason = reason, this.payload = payload;
  }
}
class errors_JWTExpired extends JOSEError {
  static code = "ERR_JWT_EXPIRED";
  code = "ERR_JWT_EXPIRED";
  claim;
  reason;
  payload;
  constructor(message, payload, claim = "unspecified", reason = "unspecified") {
    super(message, { cause: { claim, reason, payload } }), this.claim = claim, this.reason = reason, this.payload = payload;
  }
}
class JOSEAlgNotAllowed extends JOSEError {
  static code = "ERR_JOSE_ALG_NOT_ALLOWED";
  code = "ERR_JOSE_ALG_NOT_ALLOWED";
}
class JOSENotSupported extends JOSEError {
  static code = "ERR_JOSE_NOT_SUPPORTED";
  code = "ERR_JOSE_NOT_SUPPORTED";
}
class JWEDecryptionFailed extends JOSEError {
  static code = "ERR_JWE_DECRYPTION_FAILED";
  code = "ERR_JWE_DECRYPTION_FAILED";
  constructor(message = "decryption operation failed", options) {
    super(message, options);
  }
}
class errors_JWEInvalid extends JOSEError {
  static code = "ERR_JWE_INVALID";
  code = "ERR_JWE_INVALID";
}
class JWSInvalid extends JOSEError {
  static code = "ERR_JWS_INVALID";
  code = "ERR_JWS_INVALID";
}
class errors_JWTInvalid extends JOSEError {
  static code = "ERR_JWT_INVALID";
  code = "ERR_JWT_INVALID";
}
class JWKInvalid extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JWK_INVALID"));
  code = "ERR_JWK_INVALID";
}
class JWKSInvalid extends (/* unused pure expression or super */ null && (JOSEError)) {
  static code = (/* unused pure expression or super */ null && ("ERR_JWKS_INVALID"));
  code = "ERR_JWKS_INVALID";
}
class JWKSNoMatchingKey extends JOSEError {
  static code = "ERR_JWKS_NO_MATCHING_KEY";
  code = "ERR_JWKS_NO_MATCHING_KEY";
  constructor(message = "no applicable key found in the JSON Web Key Set", options) {
    super(message, options);
  }
}
class JWKSMultipleMatchingKeys extends JOSEError {
  [Symbol.asyncIterator] = async function* () {
  };
  static code = "ERR_JWKS_MULTIPLE_MATCHING_KEYS";
  code = "ERR_JWKS_MULTIPLE_MATCHING_KEYS";
  constructor(message = "multiple matching keys found in the JSON Web Key Set", options) {
    super(message, options);
  }
}
class JWKSTimeout extends JOSEError {
  static code = "ERR_JWKS_TIMEOUT";
  code = "ERR_JWKS_TIMEOUT";
  constructor(message = "request timed out", options) {
    super(message, options);
  }
}
class JWSSignatureVerificationFailed extends JOSEError {
  static code = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED";
  code = "ERR_JWS_SIGNATURE_VERIFICATION_FAILED";
  constructor(message = "signature verification failed", options) {
    super(message, options);
  }
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/key_descriptor.js
function table(entries) {
  const out = { __proto__: null };
  for (const alg in entries)
    out[alg] = { ...entries[alg], alg };
  return out;
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/jws_algorithms.js


const sig = [["verify"], ["sign"]];
function hmac(bits) {
  const subtle = { name: "HMAC", hash: `SHA-${bits}` };
  return { kty: ["oct"], secret: !0, subtle, signing: subtle, usages: sig };
}
function rsa(bits, saltLength) {
  const subtle = { name: saltLength ? "RSA-PSS" : "RSASSA-PKCS1-v1_5", hash: `SHA-${bits}` };
  return {
    kty: ["RSA"],
    subtle,
    signing: saltLength ? { ...subtle, saltLength } : subtle,
    usages: sig,
    minRsaBits: 2048
  };
}
function ecdsa(crv, bits) {
  return {
    kty: ["EC"],
    crv,
    subtle: { name: "ECDSA", namedCurve: crv },
    signing: { name: "ECDSA", hash: `SHA-${bits}` },
    usages: sig
  };
}
function eddsa() {
  const subtle = { name: "Ed25519" };
  return {
    kty: ["OKP"],
    crv: "Ed25519",
    subtle,
    signing: subtle,
    usages: sig
  };
}
function mldsa(parameterSet) {
  const subtle = { name: `ML-DSA-${parameterSet}` };
  return {
    kty: ["AKP"],
    subtle,
    signing: subtle,
    usages: sig
  };
}
const JWS = table({
  HS256: hmac(256),
  HS384: hmac(384),
  HS512: hmac(512),
  RS256: rsa(256),
  RS384: rsa(384),
  RS512: rsa(512),
  PS256: rsa(256, 32),
  PS384: rsa(384, 48),
  PS512: rsa(512, 64),
  ES256: ecdsa("P-256", 256),
  ES384: ecdsa("P-384", 384),
  ES512: ecdsa("P-521", 512),
  EdDSA: eddsa(),
  Ed25519: eddsa(),
  "ML-DSA-44": mldsa(44),
  "ML-DSA-65": mldsa(65),
  "ML-DSA-87": mldsa(87)
});
function jwsAlgorithm(alg) {
  const entry = typeof alg == "string" ? JWS[alg] : void 0;
  if (!entry)
    throw new JOSENotSupported(`alg ${alg} is not supported either by JOSE or your javascript runtime`);
  return entry;
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/validate.js



function assertUint8Array(input, label) {
  if (!(input instanceof Uint8Array))
    throw new TypeError(`${label} must be an instance of Uint8Array`);
}
function validate_isObject(input) {
  if (typeof input != "object" || input === null || Object.prototype.toString.call(input) !== "[object Object]")
    return !1;
  const prototype = Object.getPrototypeOf(input);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
function isJwkSet(input) {
  return validate_isObject(input) && Array.isArray(input.keys) && Array.from(input.keys).every(validate_isObject);
}
function isDisjoint(...headers) {
  const parameters = /* @__PURE__ */ new Set();
  for (const header of headers)
    if (header)
      for (const parameter of Object.keys(header)) {
        if (parameters.has(parameter))
          return !1;
        parameters.add(parameter);
      }
  return !0;
}
function assertNotSet(value, name) {
  if (value !== void 0)
    throw new TypeError(`${name} can only be called once`);
}
function decodeBase64url(value, label, ErrorClass) {
  try {
    return decode(value);
  } catch (cause) {
    throw new ErrorClass(`Failed to base64url decode the ${label}`, { cause });
  }
}
function encodeAsciiMember(value, label, ErrorClass) {
  try {
    return encode(value);
  } catch (cause) {
    throw new ErrorClass(`The ${label} is not a valid base64url string`, { cause });
  }
}
function parseJoseHeader(encodedProtectedHeader, ErrorClass, message) {
  let parsed;
  try {
    parsed = JSON.parse(buffer_utils_strictDecoder.decode(decode(encodedProtectedHeader)));
  } catch (cause) {
    throw new ErrorClass(message, { cause });
  }
  if (!validate_isObject(parsed))
    throw new ErrorClass(message);
  return parsed;
}
const JWS_RECOGNIZED = { __proto__: null, b64: !0 }, JWE_RECOGNIZED = { __proto__: null };
function validateAlgorithms(option, algorithms) {
  if (algorithms !== void 0 && (!Array.isArray(algorithms) || algorithms.some((s) => typeof s != "string")))
    throw new TypeError(`"${option}" option must be an array of strings`);
  return algorithms === void 0 ? void 0 : new Set(algorithms);
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
function validateB64(protectedHeader, extensions) {
  if (extensions.includes("b64")) {
    const b64 = protectedHeader.b64;
    if (typeof b64 != "boolean")
      throw new JWSInvalid('The "b64" (base64url-encode payload) Header Parameter must be a boolean');
    return b64;
  }
  return !0;
}
function serializeJoseHeader(Err, header) {
  let serialized, parsed;
  try {
    serialized = JSON.stringify(header), parsed = JSON.parse(serialized);
  } catch (cause) {
    throw new Err("JOSE Header is not valid JSON", { cause });
  }
  if (!validate_isObject(parsed))
    throw new Err("JOSE Header is not a JSON object");
  return [parsed, serialized];
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/key.js



const tag = (key) => key[Symbol.toStringTag], jwkMatchesOp = (entry, key, usage) => {
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
async function prepareKey(entry, key, usage) {
  const { alg, secret } = entry, requiresPrivateKey = usage === "decrypt" || usage === "sign";
  if (secret && key instanceof Uint8Array)
    return key;
  let normalized, keyObject;
  if (validate_isObject(key)) {
    if (normalized = normalizeJwk(key), typeof normalized.kty != "string")
      throw invalidKeyType(alg, key, secret);
    if (!(secret ? normalized.kty === "oct" && typeof normalized.k == "string" : normalized.kty !== "oct" && (requiresPrivateKey ? normalized.kty === "AKP" && typeof normalized.priv == "string" || typeof normalized.d == "string" : normalized.d === void 0 && normalized.priv === void 0)))
      throw new TypeError(secret ? 'JSON Web Key for symmetric algorithms must have JWK "kty" (Key Type) equal to "oct" and the JWK "k" (Key Value) present' : `JSON Web Key for this operation must be a ${requiresPrivateKey ? "private" : "public"} JWK`);
    if (jwkMatchesOp(entry, normalized, usage), normalized.kty === "oct")
      return decode(normalized.k);
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
let cache;
const nist = {
  __proto__: null,
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521"
};
function assertCryptoKey(key) {
  if (!isCryptoKey(key))
    throw new Error("CryptoKey instance expected");
}
const isCryptoKey = (key) => {
  if (key?.[Symbol.toStringTag] === "CryptoKey")
    return !0;
  try {
    return key instanceof CryptoKey;
  } catch {
    return !1;
  }
}, isKeyObject = (key) => key?.[Symbol.toStringTag] === "KeyObject", isKeyLike = (key) => isCryptoKey(key) || isKeyObject(key);
function message(msg, actual, ...types) {
  if (types.length > 2) {
    const last = types.pop();
    msg += `one of type ${types.join(", ")}, or ${last}.`;
  } else types.length === 2 ? msg += `one of type ${types[0]} or ${types[1]}.` : msg += `of type ${types[0]}.`;
  return actual == null ? msg += ` Received ${actual}` : typeof actual == "function" && actual.name ? msg += ` Received function ${actual.name}` : typeof actual == "object" && actual != null && actual.constructor?.name && (msg += ` Received an instance of ${actual.constructor.name}`), msg;
}
const invalidKeyInput = (actual, ...types) => message("Key must be ", actual, ...types);
function invalidKeyType(alg, actual, secret) {
  const types = ["CryptoKey", "KeyObject", "JSON Web Key"];
  return secret && types.push("Uint8Array"), new TypeError(message(`Key for the ${alg} algorithm must be `, actual, ...types));
}
const unusable = (name, prop = "algorithm.name") => new TypeError(`CryptoKey does not support this operation, its ${prop} must be ${name}`);
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
function validateExtractableOption(extractable) {
  if (extractable !== void 0 && typeof extractable != "boolean")
    throw new TypeError('"extractable" option must be a boolean');
  return extractable;
}
async function jwkToKey(entry, jwk, extractable) {
  if (!entry.kty.includes(jwk.kty))
    throw new JOSENotSupported('Invalid or unsupported JWK "alg" (Algorithm) Parameter value');
  const algorithm = entry.resolve?.({ kty: jwk.kty, crv: jwk.crv }) ?? entry.subtle, isPrivate = !!(jwk.d || jwk.priv), keyData = { ...jwk, ext: extractable ?? jwk.ext };
  return keyData.kty !== "AKP" && delete keyData.alg, delete keyData.use, crypto.subtle.importKey("jwk", keyData, algorithm, keyData.ext ?? !isPrivate, jwk.key_ops ?? entry.usages[isPrivate ? 1 : 0]);
}
async function rawKey(key, expected, usage, extractable = !1) {
  return key instanceof Uint8Array && (key = await crypto.subtle.importKey("raw", key, expected, extractable, [usage])), checkCryptoKey(key, expected, usage), key;
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/jws_sign.js






async function createSignature(input, key, rejectUnencoded) {
  let [payload, protectedHeader, unprotectedHeader, crit] = input, encodedProtectedHeader = "";
  if (protectedHeader !== void 0) {
    const normalized = serializeJoseHeader(JWSInvalid, protectedHeader);
    protectedHeader = normalized[0], encodedProtectedHeader = base64url_encode(normalized[1]);
  }
  if (unprotectedHeader !== void 0 && (unprotectedHeader = serializeJoseHeader(JWSInvalid, unprotectedHeader)[0]), !protectedHeader && !unprotectedHeader)
    throw new JWSInvalid("either setProtectedHeader or setUnprotectedHeader must be called before #sign()");
  if (!isDisjoint(protectedHeader, unprotectedHeader))
    throw new JWSInvalid("JWS Protected and JWS Unprotected Header Parameter names must be disjoint");
  const joseHeader = { ...protectedHeader, ...unprotectedHeader };
  validateCritDuplicates(JWSInvalid, protectedHeader);
  const b64 = validateB64(protectedHeader, validateCrit(JWSInvalid, JWS_RECOGNIZED, crit, protectedHeader, joseHeader));
  b64 || rejectUnencoded?.();
  const { alg } = joseHeader;
  if (typeof alg != "string" || !alg)
    throw new JWSInvalid('JWS "alg" (Algorithm) Header Parameter missing or invalid');
  const entry = jwsAlgorithm(alg);
  let encodedPayload = "", signingPayload = payload, signingInput;
  if (b64) {
    const encodedPayloadCache = input[4];
    encodedPayloadCache ? (encodedPayload = encodedPayloadCache[0] ??= base64url_encode(payload), signingPayload = encodedPayloadCache[1] ??= encode(encodedPayload)) : (encodedPayload = base64url_encode(payload), signingInput = encoder.encode(`${encodedProtectedHeader}.${encodedPayload}`));
  }
  signingInput ??= concat(encode(encodedProtectedHeader), encode("."), signingPayload);
  const signingKey = await rawKey(await prepareKey(entry, key, "sign"), entry.subtle, "sign");
  entry.minRsaBits && checkModulusLength(entry.alg, signingKey);
  const jws = {
    signature: base64url_encode(new Uint8Array(await crypto.subtle.sign(entry.signing, signingKey, signingInput))),
    payload: encodedPayload
  };
  return protectedHeader && (jws.protected = encodedProtectedHeader), unprotectedHeader && (jws.header = unprotectedHeader), [jws, b64];
}
async function createCompactSignature(payload, protectedHeader, crit, key, rejectUnencoded) {
  const [jws] = await createSignature([payload, protectedHeader, void 0, crit], key, rejectUnencoded);
  return `${jws.protected}.${jws.payload}.${jws.signature}`;
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/jwt_claims_set.js



const epoch = (date) => Math.floor(date.getTime() / 1e3), multipliers = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86400,
  w: 604800,
  y: 31557600
}, REGEX = /^(\+|\-)? ?(\d+|\d+\.\d+) ?(seconds?|secs?|s|minutes?|mins?|m|hours?|hrs?|h|days?|d|weeks?|w|years?|yrs?|y)(?: (ago|from now))?$/i, checkFailed = "check_failed";
function invalidDuration() {
  throw new TypeError("Invalid time period format");
}
function secs(str) {
  typeof str != "string" && invalidDuration();
  const matched = REGEX.exec(str);
  (!matched || matched[4] && matched[1]) && invalidDuration();
  const value = parseFloat(matched[2]), durationSeconds = Math.round(value * multipliers[matched[3][0].toLowerCase()]);
  return Number.isFinite(durationSeconds) || invalidDuration(), matched[1] === "-" || matched[4]?.toLowerCase() === "ago" ? -durationSeconds : durationSeconds;
}
function validateInput(label, input) {
  if (!Number.isFinite(input))
    throw new TypeError(`Invalid ${label} input`);
  return input;
}
function validateStringClaim(claim, value) {
  if (typeof value != "string")
    throw new TypeError(`"${claim}" claim must be a string`);
}
function validateAudienceClaim(value) {
  if (typeof value != "string" && (!Array.isArray(value) || Array.from(value).some((member) => typeof member != "string")))
    throw new TypeError('"aud" claim must be a string or an array of strings');
}
function numericDate(value, label) {
  return typeof value == "number" ? validateInput(label, value) : value instanceof Date ? validateInput(label, epoch(value)) : epoch(/* @__PURE__ */ new Date()) + secs(value);
}
const normalizeTyp = (value) => {
  const normalized = value.toLowerCase();
  return value.includes("/") ? normalized : `application/${normalized}`;
}, checkAudiencePresence = (audPayload, audOption) => typeof audPayload == "string" ? audOption.includes(audPayload) : Array.isArray(audPayload) ? audOption.some((aud) => audPayload.includes(aud)) : !1;
function validateNumericDate(claimsSet, claim, required = !1) {
  const value = claimsSet[claim];
  if (!(value === void 0 && !required)) {
    if (typeof value != "number")
      throw new JWTClaimValidationFailed(`"${claim}" claim must be a number`, claimsSet, claim, "invalid");
    return value;
  }
}
function unexpectedClaim(claimsSet, claim) {
  throw new JWTClaimValidationFailed(`unexpected "${claim}" claim value`, claimsSet, claim, checkFailed);
}
function validateClaimsSet(protectedHeader, claimsSetBytes, options = {}) {
  let claimsSet;
  try {
    claimsSet = JSON.parse(strictDecoder.decode(claimsSetBytes));
  } catch (cause) {
    throw new JWTInvalid("JWT Claims Set must be a top-level JSON object", { cause });
  }
  if (!isObject(claimsSet))
    throw new JWTInvalid("JWT Claims Set must be a top-level JSON object");
  const { typ } = options;
  if (typ !== void 0 && (typeof protectedHeader.typ != "string" || normalizeTyp(protectedHeader.typ) !== normalizeTyp(typ)))
    throw new JWTClaimValidationFailed('unexpected "typ" JWT header value', claimsSet, "typ", checkFailed);
  const { requiredClaims = [], issuer, subject, audience, maxTokenAge } = options, presenceCheck = [...requiredClaims];
  maxTokenAge !== void 0 && presenceCheck.push("iat"), audience !== void 0 && presenceCheck.push("aud"), subject !== void 0 && presenceCheck.push("sub"), issuer !== void 0 && presenceCheck.push("iss");
  for (const claim of new Set(presenceCheck.reverse()))
    if (!Object.hasOwn(claimsSet, claim))
      throw new JWTClaimValidationFailed(`missing required "${claim}" claim`, claimsSet, claim, "missing");
  issuer !== void 0 && !(Array.isArray(issuer) ? issuer : [issuer]).includes(claimsSet.iss) && unexpectedClaim(claimsSet, "iss"), subject !== void 0 && claimsSet.sub !== subject && unexpectedClaim(claimsSet, "sub"), audience !== void 0 && !checkAudiencePresence(claimsSet.aud, typeof audience == "string" ? [audience] : audience) && unexpectedClaim(claimsSet, "aud");
  const { clockTolerance } = options;
  let tolerance = 0;
  if (typeof clockTolerance == "string")
    tolerance = secs(clockTolerance);
  else if (clockTolerance !== void 0) {
    if (typeof clockTolerance != "number")
      throw new TypeError("Invalid clockTolerance option type");
    tolerance = clockTolerance;
  }
  if (validateInput("clockTolerance option", tolerance), tolerance < 0)
    throw new TypeError("Invalid clockTolerance option input");
  const { currentDate } = options, now = validateInput("currentDate option", epoch(currentDate === void 0 ? /* @__PURE__ */ new Date() : currentDate)), iat = validateNumericDate(claimsSet, "iat", maxTokenAge !== void 0), nbf = validateNumericDate(claimsSet, "nbf");
  if (nbf !== void 0 && nbf > now + tolerance)
    throw new JWTClaimValidationFailed('"nbf" claim timestamp check failed', claimsSet, "nbf", checkFailed);
  const exp = validateNumericDate(claimsSet, "exp");
  if (exp !== void 0 && exp <= now - tolerance)
    throw new JWTExpired('"exp" claim timestamp check failed', claimsSet, "exp", checkFailed);
  if (maxTokenAge !== void 0) {
    const age = now - iat, max = validateInput("maxTokenAge option", typeof maxTokenAge == "number" ? maxTokenAge : secs(maxTokenAge));
    if (max < 0)
      throw new TypeError("Invalid maxTokenAge option input");
    if (age - tolerance > max)
      throw new JWTExpired('"iat" claim timestamp check failed (too far in the past)', claimsSet, "iat", checkFailed);
    if (age < -tolerance)
      throw new JWTClaimValidationFailed('"iat" claim timestamp check failed (it should be in the past)', claimsSet, "iat", checkFailed);
  }
  return claimsSet;
}
let producerClaimsSets;
function producerClaimsSet(producer) {
  return producerClaimsSets.get(producer);
}
function jwtClaimsSetBytes(producer) {
  const claimsSet = producerClaimsSet(producer);
  for (const claim of ["iat", "nbf", "exp"]) {
    const value = claimsSet[claim];
    if (typeof value == "number" && !Number.isFinite(value))
      throw new TypeError(`"${claim}" claim must be a finite number`);
  }
  return encoder.encode(JSON.stringify(claimsSet));
}
function jwtClaim(producer, claim) {
  return producerClaimsSet(producer)[claim];
}
class JWTClaimsBuilder {
  constructor(claimsSet = {}) {
    if (!validate_isObject(claimsSet))
      throw new TypeError("JWT Claims Set MUST be an object");
    (producerClaimsSets ||= /* @__PURE__ */ new WeakMap()).set(this, structuredClone(claimsSet));
  }
  setIssuer(value) {
    return validateStringClaim("iss", value), producerClaimsSet(this).iss = value, this;
  }
  setSubject(value) {
    return validateStringClaim("sub", value), producerClaimsSet(this).sub = value, this;
  }
  setAudience(value) {
    return validateAudienceClaim(value), producerClaimsSet(this).aud = value, this;
  }
  setJti(value) {
    return validateStringClaim("jti", value), producerClaimsSet(this).jti = value, this;
  }
  setNotBefore(value) {
    return producerClaimsSet(this).nbf = numericDate(value, "setNotBefore"), this;
  }
  setExpirationTime(value) {
    return producerClaimsSet(this).exp = numericDate(value, "setExpirationTime"), this;
  }
  setIssuedAt(value) {
    const claimsSet = producerClaimsSet(this);
    return value === void 0 ? claimsSet.iat = epoch(/* @__PURE__ */ new Date()) : typeof value == "string" ? claimsSet.iat = validateInput("setIssuedAt", epoch(/* @__PURE__ */ new Date()) + secs(value)) : claimsSet.iat = numericDate(value, "setIssuedAt"), this;
  }
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/jwt/sign.js




const SignJWT_base = JWTClaimsBuilder;
class SignJWT extends SignJWT_base {
  #protectedHeader;
  setProtectedHeader(protectedHeader) {
    return assertNotSet(this.#protectedHeader, "setProtectedHeader"), this.#protectedHeader = protectedHeader, this;
  }
  async sign(key, options) {
    return createCompactSignature(jwtClaimsSetBytes(this), this.#protectedHeader, options?.crit, key, () => {
      throw new errors_JWTInvalid("JWTs MUST NOT use unencoded payload");
    });
  }
}


;// CONCATENATED MODULE: ./src/credentials/assertion.ts

/**
 * Signs an assertion: a compact JWS with RS256 (contract.md §2, RFC 7523 §3). To be used for one request, then
 * forgotten.
 */
async function signAssertion(assertion) {
    const issuedAt = Math.floor(assertion.issuedAt.valueOf() / 1000);
    return await new SignJWT()
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
        .setIssuer(assertion.issuer)
        .setSubject(assertion.subject)
        .setAudience(assertion.audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + assertion.lifetime)
        .setJti(assertion.id)
        .sign(assertion.privateKey);
}

;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/content_encryption.js



const generateCek = (enc) => crypto.getRandomValues(new Uint8Array(enc.cekBits >> 3));
function checkCekLength(cek, expected) {
  const actual = cek.byteLength << 3;
  if (actual !== expected)
    throw new errors_JWEInvalid(`Invalid Content Encryption Key length. Expected ${expected} bits, got ${actual} bits`);
}
const generateIv = (enc) => crypto.getRandomValues(new Uint8Array(enc.ivBits >> 3));
function checkIvLength(enc, iv) {
  if (iv.length << 3 !== enc.ivBits)
    throw new errors_JWEInvalid("Invalid Initialization Vector length");
}
async function cbcKeySetup(enc, cek, usage) {
  if (!(cek instanceof Uint8Array))
    throw new TypeError(invalidKeyInput(cek, "Uint8Array"));
  const keyLengthBits = enc.cekBits >> 1, encKey = await crypto.subtle.importKey("raw", cek.subarray(keyLengthBits >> 3), "AES-CBC", !1, [usage]), macKey = await crypto.subtle.importKey("raw", cek.subarray(0, keyLengthBits >> 3), {
    hash: `SHA-${keyLengthBits << 1}`,
    name: "HMAC"
  }, !1, ["sign"]);
  return [encKey, macKey, keyLengthBits];
}
async function cbcHmacTag(macKey, macData, keyLengthBits) {
  return new Uint8Array((await crypto.subtle.sign("HMAC", macKey, macData)).slice(0, keyLengthBits >> 3));
}
async function cbcEncrypt(enc, plaintext, cek, iv, aad) {
  const [encKey, macKey, keyLengthBits] = await cbcKeySetup(enc, cek, "encrypt"), ciphertext = new Uint8Array(await crypto.subtle.encrypt({
    iv,
    name: "AES-CBC"
  }, encKey, plaintext)), al = uint64be(aad.length * 8), macData = concat(aad, iv, ciphertext, al), tag = await cbcHmacTag(macKey, macData, keyLengthBits);
  return { ciphertext, tag, iv };
}
async function timingSafeEqual(a, b) {
  const algorithm = { name: "HMAC", hash: "SHA-256" }, key = await crypto.subtle.generateKey(algorithm, !1, ["sign", "verify"]), aHmac = await crypto.subtle.sign(algorithm, key, a);
  return crypto.subtle.verify(algorithm, key, aHmac, b);
}
async function cbcDecrypt(enc, cek, ciphertext, iv, tag, aad) {
  const [encKey, macKey, keyLengthBits] = await cbcKeySetup(enc, cek, "decrypt"), al = uint64be(aad.length * 8), macData = concat(aad, iv, ciphertext, al), expectedTag = await cbcHmacTag(macKey, macData, keyLengthBits);
  try {
    if (await timingSafeEqual(tag, expectedTag))
      return new Uint8Array(await crypto.subtle.decrypt({ iv, name: "AES-CBC" }, encKey, ciphertext));
  } catch {
  }
  throw new JWEDecryptionFailed();
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
async function decrypt(enc, cek, ciphertext, iv, tag, aad) {
  if (!isCryptoKey(cek) && !(cek instanceof Uint8Array))
    throw new TypeError(invalidKeyInput(cek, "CryptoKey", "KeyObject", "Uint8Array", "JSON Web Key"));
  if (!iv)
    throw new errors_JWEInvalid("JWE Initialization Vector missing");
  if (!tag)
    throw new errors_JWEInvalid("JWE Authentication Tag missing");
  if (!enc.cbc && tag.length !== 16)
    throw new errors_JWEInvalid("Invalid Authentication Tag length");
  if (checkIvLength(enc, iv), cek instanceof Uint8Array && checkCekLength(cek, enc.cekBits), enc.cbc)
    return cbcDecrypt(enc, cek, ciphertext, iv, tag, aad);
  const encKey = await rawKey(cek, enc.subtle, "decrypt");
  try {
    return new Uint8Array(await crypto.subtle.decrypt({
      additionalData: aad,
      iv,
      name: "AES-GCM",
      tagLength: 128
    }, encKey, concat(ciphertext, tag)));
  } catch {
    throw new JWEDecryptionFailed();
  }
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/jwe_algorithms.js


const wrap = [
  ["encrypt", "wrapKey"],
  ["decrypt", "unwrapKey"]
], derive = [[], ["deriveBits"]], none = [[], []];
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
function aeskw(bits, gcm = !1) {
  return {
    kty: ["oct"],
    mode: "key-wrapping",
    secret: !0,
    subtle: { name: gcm ? "AES-GCM" : "AES-KW", length: bits },
    usages: none,
    ops: gcm ? ["encrypt", "decrypt"] : ["wrapKey", "unwrapKey"]
  };
}
function pbes2() {
  return {
    kty: ["oct"],
    mode: "key-wrapping",
    secret: !0,
    subtle: { name: "PBKDF2" },
    usages: none,
    ops: ["deriveBits", "deriveBits"]
  };
}
const JWE = table({
  dir: {
    kty: ["oct"],
    mode: "direct-encryption",
    secret: !0,
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
  A128GCMKW: aeskw(128, !0),
  A192GCMKW: aeskw(192, !0),
  A256GCMKW: aeskw(256, !0),
  "PBES2-HS256+A128KW": pbes2(),
  "PBES2-HS384+A192KW": pbes2(),
  "PBES2-HS512+A256KW": pbes2()
}), contentOps = ["encrypt", "decrypt"];
function contentEncryption(bits, cbc = !1) {
  return {
    kty: ["oct"],
    secret: !0,
    subtle: { name: cbc ? "AES-CBC" : "AES-GCM", length: bits },
    usages: none,
    ops: contentOps,
    cekBits: bits,
    ivBits: cbc ? 128 : 96,
    cbc
  };
}
const ENC = table({
  A128GCM: contentEncryption(128),
  A192GCM: contentEncryption(192),
  A256GCM: contentEncryption(256),
  "A128CBC-HS256": contentEncryption(256, !0),
  "A192CBC-HS384": contentEncryption(384, !0),
  "A256CBC-HS512": contentEncryption(512, !0)
});
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


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/key_management.js







function checkEcdhCryptoKey(key, usage) {
  if (key.algorithm.name !== "ECDH" && key.algorithm.name !== "X25519")
    throw new TypeError("CryptoKey does not support this operation, its algorithm.name must be ECDH or X25519");
  checkUsage(key, usage);
}
async function aeskwWrap(alg, key, cek) {
  const cryptoKey = await rawKey(key, jweAlgorithm(alg).subtle, "wrapKey", !0), cryptoKeyCek = await crypto.subtle.importKey("raw", cek, { hash: "SHA-256", name: "HMAC" }, !0, ["sign"]);
  return new Uint8Array(await crypto.subtle.wrapKey("raw", cryptoKeyCek, cryptoKey, "AES-KW"));
}
async function aeskwUnwrap(alg, key, encryptedKey) {
  const cryptoKey = await rawKey(key, jweAlgorithm(alg).subtle, "unwrapKey", !0), cryptoKeyCek = await crypto.subtle.unwrapKey("raw", encryptedKey, cryptoKey, "AES-KW", { hash: "SHA-256", name: "HMAC" }, !0, ["sign"]);
  return new Uint8Array(await crypto.subtle.exportKey("raw", cryptoKeyCek));
}
function checkRsaKey(alg, key, usage) {
  checkCryptoKey(key, jweAlgorithm(alg).subtle, usage), checkModulusLength(alg, key);
}
async function deriveKey(p2s, alg, p2c, key) {
  if (!(p2s instanceof Uint8Array) || p2s.length < 8)
    throw new errors_JWEInvalid("PBES2 Salt Input must be 8 or more octets");
  if (!Number.isSafeInteger(p2c) || Math.sign(p2c) !== 1)
    throw new errors_JWEInvalid("PBES2 Count Input must be a positive integer");
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
      throw new errors_JWEInvalid(`JOSE Header "${name}" (Agreement Party${name === "apu" ? "U" : "V"}Info) invalid`);
    return decodeBase64url(value, name, errors_JWEInvalid);
  }
}
function checkPartyInfo(apu, apv) {
  if (!(apu === void 0 || apv === void 0 || apu.byteLength !== apv.byteLength)) {
    for (let i = 0; i < apu.byteLength; i++)
      if (apu[i] !== apv[i])
        return;
    throw new errors_JWEInvalid('JOSE Header "apu" and "apv" values must be distinct');
  }
}
function assertEncryptedKey(encryptedKey) {
  if (encryptedKey === void 0)
    throw new errors_JWEInvalid("JWE Encrypted Key missing");
}
function assertNoEncryptedKey(encryptedKey) {
  if (encryptedKey !== void 0)
    throw new errors_JWEInvalid("Encountered unexpected JWE Encrypted Key");
}
function validateMaxPBES2Count(value) {
  if (value !== void 0 && value !== 1 / 0 && (!Number.isSafeInteger(value) || value < 1))
    throw new TypeError("maxPBES2Count must be a positive safe integer or Infinity");
}
async function decryptKeyManagement(entry, enc, key, encryptedKey, joseHeader, maxPBES2Count) {
  const { alg } = entry, mode = entry.mode;
  if (mode === "direct-encryption")
    return assertNoEncryptedKey(encryptedKey), key;
  const direct = mode === "direct-key-agreement";
  switch (direct ? assertNoEncryptedKey(encryptedKey) : assertEncryptedKey(encryptedKey), entry.subtle.name) {
    case "ECDH": {
      const { epk } = joseHeader;
      if (!validate_isObject(epk) || ["d", "k", "p", "q", "dp", "dq", "qi", "oth", "priv"].some((parameter) => Object.hasOwn(epk, parameter)))
        throw new errors_JWEInvalid('JOSE Header "epk" (Ephemeral Public Key) missing or invalid');
      assertEcdhKey(key);
      const ephemeralPublicKey = await jwkToKey(entry, epk), partyUInfo = partyInfo(joseHeader, "apu"), partyVInfo = partyInfo(joseHeader, "apv");
      checkPartyInfo(partyUInfo, partyVInfo);
      const derivedKey = await ecdhesDeriveKey(ephemeralPublicKey, key, direct ? enc.alg : alg, direct ? enc.cekBits : parseInt(alg.slice(-5, -2), 10), partyUInfo, partyVInfo);
      if (direct)
        return derivedKey;
      key = derivedKey;
      break;
    }
    case "RSA-OAEP":
      return assertCryptoKey(key), checkRsaKey(alg, key, "decrypt"), new Uint8Array(await crypto.subtle.decrypt("RSA-OAEP", key, encryptedKey));
    case "PBKDF2": {
      if (typeof joseHeader.p2c != "number")
        throw new errors_JWEInvalid('JOSE Header "p2c" (PBES2 Count) missing or invalid');
      const p2cLimit = maxPBES2Count ?? 1e4;
      if (joseHeader.p2c > p2cLimit)
        throw new errors_JWEInvalid('JOSE Header "p2c" (PBES2 Count) out is of acceptable bounds');
      if (typeof joseHeader.p2s != "string")
        throw new errors_JWEInvalid('JOSE Header "p2s" (PBES2 Salt) missing or invalid');
      const p2s = decodeBase64url(joseHeader.p2s, "p2s", errors_JWEInvalid);
      key = await deriveKey(p2s, alg, joseHeader.p2c, key);
      break;
    }
    case "AES-GCM": {
      if (typeof joseHeader.iv != "string")
        throw new errors_JWEInvalid('JOSE Header "iv" (Initialization Vector) missing or invalid');
      if (typeof joseHeader.tag != "string")
        throw new errors_JWEInvalid('JOSE Header "tag" (Authentication Tag) missing or invalid');
      const iv = decodeBase64url(joseHeader.iv, "iv", errors_JWEInvalid), tag = decodeBase64url(joseHeader.tag, "tag", errors_JWEInvalid);
      if (iv.byteLength !== 12)
        throw new errors_JWEInvalid("Invalid Initialization Vector length");
      if (tag.byteLength !== 16)
        throw new errors_JWEInvalid("Invalid Authentication Tag length");
      return decrypt(jweEncryption(alg.slice(0, -2)), key, encryptedKey, iv, tag, new Uint8Array());
    }
  }
  return aeskwUnwrap(alg.slice(-6), key, encryptedKey);
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
      providedParameters.epk !== void 0 ? ephemeralPrivateKey = await prepareKey(entry, providedParameters.epk, "decrypt") : ephemeralPrivateKey = (await crypto.subtle.generateKey(key.algorithm, !0, ["deriveBits"])).privateKey;
      const subtle = crypto.subtle;
      let exportableEpk = ephemeralPrivateKey;
      if (!exportableEpk.extractable) {
        if (typeof subtle.getPublicKey != "function")
          throw new TypeError('CryptoKey for "epk" must be extractable');
        exportableEpk = await subtle.getPublicKey(ephemeralPrivateKey, []);
      }
      const { x, y, crv, kty } = await subtle.exportKey("jwk", exportableEpk), direct = mode === "direct-key-agreement", derivedKey = await ecdhesDeriveKey(key, ephemeralPrivateKey, direct ? enc.alg : alg, direct ? enc.cekBits : parseInt(alg.slice(-5, -2), 10), apu, apv), epk = { x, crv, kty };
      if (kty === "EC" && (epk.y = y), parameters = { epk }, providedApu !== void 0 && (parameters.apu = base64url_encode(providedApu)), providedApv !== void 0 && (parameters.apv = base64url_encode(providedApv)), direct)
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
      key = await deriveKey(p2s, alg, p2c, key), parameters = { p2c, p2s: base64url_encode(p2s) };
      break;
    }
    case "AES-GCM": {
      const iv = providedParameters.iv === void 0 ? crypto.getRandomValues(new Uint8Array(12)) : providedParameters.iv;
      if (!(iv instanceof Uint8Array))
        throw new TypeError('"iv" must be an instance of Uint8Array');
      const wrapped = await encrypt(jweEncryption(alg.slice(0, -2)), cek, key, iv, new Uint8Array());
      encryptedKey = wrapped.ciphertext, parameters = { iv: base64url_encode(wrapped.iv), tag: base64url_encode(wrapped.tag) };
    }
  }
  if (encryptedKey ??= await aeskwWrap(alg.slice(-6), key, cek), !(encryptedKey instanceof Uint8Array) || !encryptedKey.byteLength)
    throw new TypeError("JWE key management algorithm did not produce an Encrypted Key");
  return [cek, encryptedKey, parameters];
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/deflate.js


function validateZip(joseHeader, protectedHeader) {
  if (joseHeader.zip !== void 0 && joseHeader.zip !== "DEF")
    throw new JOSENotSupported('Unsupported JWE "zip" (Compression Algorithm) Header Parameter value.');
  if (joseHeader.zip !== void 0 && !protectedHeader?.zip)
    throw new errors_JWEInvalid('JWE "zip" (Compression Algorithm) Header Parameter MUST be in a protected header.');
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
      }), new errors_JWEInvalid("Decompressed plaintext exceeded the configured limit");
  }
  return concat(...chunks);
}
async function compress(input) {
  return supported("CompressionStream"), transform(new CompressionStream("deflate-raw"), input);
}
async function decompress(input, maxLength) {
  return supported("DecompressionStream"), transform(new DecompressionStream("deflate-raw"), input, maxLength);
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/jwe_encrypt.js









function checkDisjoint(protectedHeader, unprotectedHeader, sharedUnprotectedHeader) {
  if (!isDisjoint(protectedHeader, unprotectedHeader, sharedUnprotectedHeader))
    throw new errors_JWEInvalid("JWE Protected, JWE Shared Unprotected and JWE Per-Recipient Header Parameter names must be disjoint");
}
function checkEncryptHeaders(input, options, sharedHeadersNormalized = !1) {
  if (!input[1] && !input[2] && !input[3])
    throw new errors_JWEInvalid("either setProtectedHeader, setUnprotectedHeader, or sharedUnprotectedHeader must be called before #encrypt()");
  options !== void 0 && (input[8] = options?.crit);
  let [, protectedHeader, unprotectedHeader, sharedUnprotectedHeader, aad, cek, iv, keyManagementParameters, crit] = input;
  if (aad !== void 0 && assertUint8Array(aad, "JWE Additional Authenticated Data"), cek !== void 0 && assertUint8Array(cek, "JWE Content Encryption Key"), iv !== void 0 && assertUint8Array(iv, "JWE Initialization Vector"), !sharedHeadersNormalized && protectedHeader !== void 0 && (protectedHeader = serializeJoseHeader(errors_JWEInvalid, protectedHeader)[0], input[1] = protectedHeader), unprotectedHeader !== void 0 && (unprotectedHeader = serializeJoseHeader(errors_JWEInvalid, unprotectedHeader)[0], input[2] = unprotectedHeader), !sharedHeadersNormalized && sharedUnprotectedHeader !== void 0 && (sharedUnprotectedHeader = serializeJoseHeader(errors_JWEInvalid, sharedUnprotectedHeader)[0], input[3] = sharedUnprotectedHeader), keyManagementParameters !== void 0 && !validate_isObject(keyManagementParameters))
    throw new TypeError("JWE Key Management Parameters must be an object");
  checkDisjoint(protectedHeader, unprotectedHeader, sharedUnprotectedHeader);
  const joseHeader = {
    ...protectedHeader,
    ...unprotectedHeader,
    ...sharedUnprotectedHeader
  };
  validateCritDuplicates(errors_JWEInvalid, protectedHeader), validateCrit(errors_JWEInvalid, JWE_RECOGNIZED, crit, protectedHeader, joseHeader), validateZip(joseHeader, protectedHeader);
  const { alg, enc } = joseHeader;
  if (typeof alg != "string" || !alg)
    throw new errors_JWEInvalid('JWE "alg" (Algorithm) Header Parameter missing or invalid');
  const algEntry = JWE[alg];
  if (algEntry?.mode === "integrated-encryption") {
    if (enc !== void 0)
      throw new errors_JWEInvalid('JWE "enc" (Encryption Algorithm) Header Parameter must not be present for integrated encryption');
    if (cek !== void 0)
      throw new TypeError(`setContentEncryptionKey cannot be called with JWE "alg" (Algorithm) Header ${alg}`);
    if (iv !== void 0)
      throw new TypeError(`setInitializationVector cannot be called with JWE "alg" (Algorithm) Header ${alg}`);
    return [joseHeader, void 0, algEntry];
  }
  if (typeof enc != "string" || !enc)
    throw new errors_JWEInvalid('JWE "enc" (Encryption Algorithm) Header Parameter missing or invalid');
  return [joseHeader, jweEncryption(enc), algEntry];
}
async function encryptJWE(input, checked, key) {
  const [joseHeader, encEntry, selected] = checked, [inputPlaintext, inputProtectedHeader, inputUnprotectedHeader, sharedUnprotectedHeader, aad, providedCek, inputIv, keyManagementParameters, , unprotectedParameters] = input;
  let protectedHeader = inputProtectedHeader, unprotectedHeader = inputUnprotectedHeader;
  const algEntry = selected ?? jweAlgorithm(joseHeader.alg);
  let encryptedKey, parameters, cek;
  algEntry.mode === "integrated-encryption" ? cek = await prepareKey(algEntry, key, "encrypt") : [cek, encryptedKey, parameters] = await encryptKeyManagement(algEntry, encEntry, key, joseHeader, providedCek, keyManagementParameters), parameters && (unprotectedParameters ? unprotectedHeader = unprotectedHeader ? { ...unprotectedHeader, ...parameters } : parameters : protectedHeader = protectedHeader ? { ...protectedHeader, ...parameters } : parameters, checkDisjoint(protectedHeader, unprotectedHeader, sharedUnprotectedHeader));
  const encodedProtectedHeader = protectedHeader ? base64url_encode(JSON.stringify(protectedHeader)) : "", encodedAad = aad?.byteLength ? base64url_encode(aad) : void 0, additionalAuthenticatedData = encode(encodedAad ? `${encodedProtectedHeader}.${encodedAad}` : encodedProtectedHeader);
  let plaintext = inputPlaintext;
  joseHeader.zip === "DEF" && (plaintext = await compress(plaintext).catch((cause) => {
    throw cause instanceof JOSENotSupported ? cause : new errors_JWEInvalid("Failed to compress plaintext", { cause });
  }));
  let ciphertext, tag, iv;
  algEntry.mode === "integrated-encryption" ? [encryptedKey, ciphertext] = await algEntry.encrypt(cek, plaintext, additionalAuthenticatedData, protectedHeader, joseHeader, keyManagementParameters) : { ciphertext, tag, iv } = await encrypt(encEntry, plaintext, cek, inputIv, additionalAuthenticatedData);
  const jwe = {
    ciphertext: base64url_encode(ciphertext)
  };
  return iv && (jwe.iv = base64url_encode(iv)), tag && (jwe.tag = base64url_encode(tag)), encryptedKey?.byteLength && (jwe.encrypted_key = base64url_encode(encryptedKey)), encodedAad && (jwe.aad = encodedAad), protectedHeader && (jwe.protected = encodedProtectedHeader), sharedUnprotectedHeader && (jwe.unprotected = sharedUnprotectedHeader), unprotectedHeader && (jwe.header = unprotectedHeader), jwe;
}
async function createJWE(input, key, options) {
  return encryptJWE(input, checkEncryptHeaders(input, options), key);
}
function compactJWE(jwe) {
  return [jwe.protected, jwe.encrypted_key, jwe.iv, jwe.ciphertext, jwe.tag].join(".");
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/jwe/compact/encrypt.js


class CompactEncrypt {
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
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/lib/jwe_decrypt.js








function snapshotSharedJWE(jwe) {
  const { aad, ciphertext, iv, protected: encodedProtected, tag, unprotected } = jwe;
  if (iv !== void 0 && (typeof iv != "string" || !iv))
    throw new JWEInvalid("JWE Initialization Vector incorrect type");
  if (typeof ciphertext != "string")
    throw new JWEInvalid("JWE Ciphertext missing or incorrect type");
  if (tag !== void 0 && (typeof tag != "string" || !tag))
    throw new JWEInvalid("JWE Authentication Tag incorrect type");
  if (encodedProtected !== void 0 && typeof encodedProtected != "string")
    throw new JWEInvalid("JWE Protected Header incorrect type");
  if (aad !== void 0 && (typeof aad != "string" || !aad))
    throw new JWEInvalid("JWE AAD incorrect type");
  if (unprotected !== void 0 && !isObject(unprotected))
    throw new JWEInvalid("JWE Shared Unprotected Header incorrect type");
  return {
    aad,
    ciphertext,
    iv,
    protected: encodedProtected,
    tag,
    unprotected: unprotected === void 0 ? void 0 : { ...unprotected }
  };
}
function snapshotRecipientJWE(recipient) {
  let header, headerAlg;
  try {
    const { header: inputHeader } = recipient;
    if (isObject(inputHeader)) {
      headerAlg = inputHeader.alg;
      const parameters = Object.keys(inputHeader);
      parameters.includes("alg") || (headerAlg = void 0), header = Object.fromEntries(parameters.map((parameter) => [
        parameter,
        parameter === "alg" ? headerAlg : inputHeader[parameter]
      ]));
    } else
      header = inputHeader;
    const { encrypted_key: encryptedKey } = recipient;
    return [{ encrypted_key: encryptedKey, header }, headerAlg];
  } catch (error) {
    return [void 0, headerAlg, error];
  }
}
function checkRecipient(jwe) {
  const { encrypted_key: encryptedKey, header } = jwe;
  if (encryptedKey !== void 0 && typeof encryptedKey != "string")
    throw new JWEInvalid("JWE Encrypted Key incorrect type");
  if (header !== void 0 && !isObject(header))
    throw new JWEInvalid("JWE Per-Recipient Unprotected Header incorrect type");
  if (jwe.protected === void 0 && header === void 0 && jwe.unprotected === void 0)
    throw new JWEInvalid("JOSE Header missing");
}
function shareJWE(jwe) {
  const { protected: encodedProtected, ciphertext, iv, tag, aad } = jwe;
  let protectedHeader;
  return encodedProtected !== void 0 && (protectedHeader = parseJoseHeader(encodedProtected, errors_JWEInvalid, "JWE Protected Header is invalid")), [
    protectedHeader,
    decodeBase64url(ciphertext, "ciphertext", errors_JWEInvalid),
    iv !== void 0 ? decodeBase64url(iv, "iv", errors_JWEInvalid) : void 0,
    tag !== void 0 ? decodeBase64url(tag, "tag", errors_JWEInvalid) : void 0,
    encodeAsciiMember((encodedProtected ?? "") + (aad !== void 0 ? `.${aad}` : ""), "aad", errors_JWEInvalid)
  ];
}
function prepareDecrypt(options) {
  const keyManagementAlgorithms = options && validateAlgorithms("keyManagementAlgorithms", options.keyManagementAlgorithms), contentEncryptionAlgorithms = options && validateAlgorithms("contentEncryptionAlgorithms", options.contentEncryptionAlgorithms), { crit, maxPBES2Count, maxDecompressedLength } = options ?? {};
  validateMaxPBES2Count(maxPBES2Count);
  const decompressionLimit = maxDecompressedLength ?? 25e4;
  if (decompressionLimit !== 0 && decompressionLimit !== 1 / 0 && (!Number.isSafeInteger(decompressionLimit) || decompressionLimit < 1))
    throw new TypeError("maxDecompressedLength must be 0, a positive safe integer, or Infinity");
  return [
    keyManagementAlgorithms,
    contentEncryptionAlgorithms,
    crit,
    maxPBES2Count,
    maxDecompressedLength
  ];
}
async function decryptJWE(jwe, shared, key, token = shareJWE(jwe)) {
  const [protectedHeader, ciphertext, iv, tag, additionalAuthenticatedData] = token, { header, unprotected, aad } = jwe;
  let joseHeader;
  if (header !== void 0 || unprotected !== void 0) {
    if (!isDisjoint(protectedHeader, header, unprotected))
      throw new errors_JWEInvalid("JWE Protected, JWE Unprotected Header, and JWE Per-Recipient Unprotected Header Parameter names must be disjoint");
    joseHeader = { ...protectedHeader, ...header, ...unprotected };
  } else
    joseHeader = protectedHeader ?? {};
  const [keyManagementAlgorithms, contentEncryptionAlgorithms, crit, maxPBES2Count, maxDecompressedLength] = shared, { encrypted_key: encodedKey } = jwe;
  validateCrit(errors_JWEInvalid, JWE_RECOGNIZED, crit, protectedHeader, joseHeader), validateZip(joseHeader, protectedHeader);
  const { alg, enc } = joseHeader;
  if (typeof alg != "string" || !alg)
    throw new errors_JWEInvalid("missing JWE Algorithm (alg) in JWE Header");
  const selected = JWE[alg];
  if (encodedKey === "" && (!selected || !isJWECEKTransport(selected)))
    throw new errors_JWEInvalid("JWE Encrypted Key incorrect type");
  const integrated = selected?.mode === "integrated-encryption";
  if (!integrated && (typeof enc != "string" || !enc))
    throw new errors_JWEInvalid("missing JWE Encryption Algorithm (enc) in JWE Header");
  if (keyManagementAlgorithms && !keyManagementAlgorithms.has(alg) || !keyManagementAlgorithms && alg.startsWith("PBES2"))
    throw new JOSEAlgNotAllowed('"alg" (Algorithm) Header Parameter value not allowed');
  let encEntry;
  if (integrated) {
    if (enc !== void 0)
      throw new errors_JWEInvalid('JWE "enc" (Encryption Algorithm) Header Parameter must not be present for integrated encryption');
    if (iv?.byteLength)
      throw new errors_JWEInvalid("JWE Initialization Vector must be empty for integrated encryption");
    if (tag?.byteLength)
      throw new errors_JWEInvalid("JWE Authentication Tag must be empty for integrated encryption");
  } else {
    if (contentEncryptionAlgorithms && !contentEncryptionAlgorithms.has(enc))
      throw new JOSEAlgNotAllowed('"enc" (Encryption Algorithm) Header Parameter value not allowed');
    encEntry = jweEncryption(enc);
  }
  let encryptedKey;
  if (encodedKey !== void 0)
    try {
      encryptedKey = decodeBase64url(encodedKey, "encrypted_key", errors_JWEInvalid);
    } catch (error) {
      if (!selected || !isJWECEKTransport(selected))
        throw error;
      encryptedKey = new Uint8Array();
    }
  let resolvedKey = !1;
  typeof key == "function" && (key = await key(protectedHeader, jwe), resolvedKey = !0);
  const algEntry = selected ?? jweAlgorithm(alg);
  isJWECEKTransport(algEntry) && encryptedKey === void 0 && (encryptedKey = new Uint8Array());
  const k = await prepareKey(algEntry.mode === "direct-encryption" ? encEntry : algEntry, key, "decrypt");
  let plaintext;
  if (algEntry.mode === "integrated-encryption")
    plaintext = await algEntry.decrypt(k, encryptedKey, ciphertext, additionalAuthenticatedData, protectedHeader, joseHeader);
  else {
    const encryption = encEntry;
    let cek;
    try {
      cek = await decryptKeyManagement(algEntry, encryption, k, encryptedKey, joseHeader, maxPBES2Count), isJWECEKTransport(algEntry) && cek instanceof Uint8Array && cek.byteLength << 3 !== encryption.cekBits && (cek = generateCek(encryption));
    } catch (err) {
      if (err instanceof TypeError || err instanceof errors_JWEInvalid || err instanceof JOSENotSupported)
        throw err;
      cek = generateCek(encryption);
    }
    plaintext = await decrypt(encryption, cek, ciphertext, iv, tag, additionalAuthenticatedData);
  }
  if (joseHeader.zip === "DEF") {
    const decompressionLimit = maxDecompressedLength ?? 25e4;
    if (decompressionLimit === 0)
      throw new JOSENotSupported('JWE "zip" (Compression Algorithm) Header Parameter is not supported.');
    plaintext = await decompress(plaintext, decompressionLimit).catch((cause) => {
      throw cause instanceof errors_JWEInvalid || cause instanceof JOSENotSupported ? cause : new errors_JWEInvalid("Failed to decompress plaintext", { cause });
    });
  }
  return {
    plaintext,
    ...protectedHeader && { protectedHeader },
    ...aad !== void 0 && {
      additionalAuthenticatedData: decodeBase64url(aad, "aad", errors_JWEInvalid)
    },
    ...unprotected && { sharedUnprotectedHeader: unprotected },
    ...header && { unprotectedHeader: header },
    ...resolvedKey && { key: k }
  };
}
async function decryptCompact(jwe, shared, key) {
  if (jwe instanceof Uint8Array && (jwe = decoder.decode(jwe)), typeof jwe != "string")
    throw new errors_JWEInvalid("Compact JWE must be a string or Uint8Array");
  const { 0: protectedHeader, 1: encryptedKey, 2: iv, 3: ciphertext, 4: tag, length } = jwe.split(".");
  if (length !== 5)
    throw new errors_JWEInvalid("Invalid Compact JWE");
  return decryptJWE({
    ciphertext,
    iv: iv || void 0,
    protected: protectedHeader,
    tag: tag || void 0,
    encrypted_key: encryptedKey || void 0
  }, shared, key);
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/jwe/compact/decrypt.js

async function compactDecrypt(jwe, key, options) {
  return decryptCompact(jwe, prepareDecrypt(options), key);
}


;// CONCATENATED MODULE: ./node_modules/jose/dist/webapi/util/decode_protected_header.js

function decodeProtectedHeader(token) {
  let encodedProtectedHeader;
  if (typeof token == "string") {
    const parts = token.split(".");
    (parts.length === 3 || parts.length === 5) && ([encodedProtectedHeader] = parts);
  } else if (typeof token == "object" && token)
    if ("protected" in token)
      encodedProtectedHeader = token.protected;
    else
      throw new TypeError("Token does not contain a Protected Header");
  const invalid = "Invalid Token or Protected Header formatting";
  if (typeof encodedProtectedHeader != "string" || !encodedProtectedHeader)
    throw new TypeError(invalid);
  return parseJoseHeader(encodedProtectedHeader, TypeError, invalid);
}


;// CONCATENATED MODULE: ./src/credentials/private-key.ts





/** The looks that OpenSSL can read. */
const privateKeys = {
    pkcs8: { name: 'PKCS#8', encrypted: false, encoding: { format: 'der', type: 'pkcs8' } },
    pkcs1: { name: 'PKCS#1', encrypted: false, encoding: { format: 'der', type: 'pkcs1' } },
    sec1: { name: 'SEC1', encrypted: false, encoding: { format: 'der', type: 'sec1' } },
    'encrypted-pkcs8': {
        name: 'encrypted PKCS#8',
        encrypted: true,
        encoding: { format: 'der', type: 'pkcs8' },
    },
    'encrypted-pem': { name: 'encrypted in the old way', encrypted: true, encoding: { format: 'pem' } },
};
/** The largest RSA key that OpenSSL checks signatures of has 16,384 bits, some 9.2 KiB in PKCS#8. */
const largestModulus = 16_384;
const largestFile = 10 * 1024;
/**
 * Reads a private key in any form that people paste: base64 of DER or PEM, or PEM, however its line ends fared.
 *
 * @throws ActionError INPUT_MISSING, KEY_ENCRYPTED, KEY_UNSUPPORTED or KEY_UNREADABLE; no message holds any of the value
 */
function readPrivateKey({ value, passphrase, input }) {
    const { look, content, size = 0 } = sightText(pem_tidy(value).text);
    const failure = (seen) => notAKey(seen, input, { length: content.length, size });
    if (!isPrivate(look))
        throw failure(look);
    const { encrypted, encoding } = privateKeys[look];
    if (encrypted && passphrase === '')
        throw failure('passphrase-missing');
    try {
        return (0,external_node_crypto_namespaceObject.createPrivateKey)({ key: content, passphrase, ...encoding });
    }
    catch (error) {
        if (!encrypted)
            throw failure('damaged');
        // A wrong passphrase ends in several codes, by chance; an algorithm that is gone in this one only.
        const unsupported = error.code === 'ERR_OSSL_EVP_UNSUPPORTED';
        throw failure(unsupported ? 'cipher-unsupported' : 'passphrase-wrong');
    }
}
/** Says in which form a value holds a private key (`base64 of PKCS#8 DER`); undefined if it holds none. */
function describePastedKey(value) {
    const { text, repairs } = tidy(value);
    const { look, form } = sightText(text);
    return isPrivate(look) ? [form, ...repairs].join(', ') : undefined;
}
/**
 * Makes sure that a key can sign RS256 (RFC 7518 §3.3): RSA of 2048 bits or more, with numbers that fit each other.
 *
 * @throws ActionError KEY_UNSUPPORTED, or KEY_UNREADABLE for a key whose signatures are wrong
 */
function requireRs256(key, input) {
    requireRsa(key, input);
    if (!signsWell(key))
        throw notAKey('damaged', input, { length: 0, size: 0 });
    return key;
}
/**
 * Makes sure that a key, or the one in a certificate, is of the only kind that is known to work with Sprinklr
 * (contract.md, "Unknown"): RSA of 2048 bits or more.
 *
 * @throws ActionError KEY_UNSUPPORTED
 */
function requireRsa(key, input) {
    const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
    if (key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= largestModulus)
        return;
    const kind = kinds[key.asymmetricKeyType ?? ''] ?? 'a key of another kind';
    const detail = namedCurve ?? (modulusLength && `${modulusLength} bits`);
    throw new ActionError('KEY_UNSUPPORTED', `The input ${input} holds ${kind}${detail ? ` (${detail})` : ''}; Sprinklr takes RSA keys of 2048 bits or more.`, remedyForNewKey(input === 'certificate' ? 'private-key' : input));
}
/** The key as unencrypted PKCS#8 DER: the same bytes, whatever form it was pasted in. */
function toPkcs8Der(key) {
    return key.export({ type: 'pkcs8', format: 'der' });
}
const kinds = {
    rsa: 'an RSA key',
    'rsa-pss': 'an RSA-PSS key',
    dsa: 'a DSA key',
    dh: 'a Diffie-Hellman key',
    ec: 'an EC key',
    ed25519: 'an Ed25519 key',
    ed448: 'an Ed448 key',
    x25519: 'an X25519 key',
    x448: 'an X448 key',
};
/** OpenSSL reads a key with flipped bits without complaint; its signatures show (about 1 ms). */
function signsWell(key) {
    const probe = new Uint8Array(1);
    try {
        return (0,external_node_crypto_namespaceObject.verify)('sha256', probe, (0,external_node_crypto_namespaceObject.createPublicKey)(key), (0,external_node_crypto_namespaceObject.sign)('sha256', probe, key));
    }
    catch {
        return false;
    }
}
function isPrivate(look) {
    return Object.hasOwn(privateKeys, look);
}
/** Looks at a tidy text: base64 of a file, or PEM, or something to be named. */
function sightText(text, depth = 0) {
    const file = decodeBase64(text);
    const inside = file && sightFile(file, depth);
    if (inside)
        return { ...inside, form: `base64 of ${inside.form}` };
    // The service account file of another vendor has a PEM key within its JSON.
    const frames = text.startsWith('{') ? [] : findFrames(text).map((frame) => sightFrame(frame, depth));
    const framed = frames.find(({ look }) => isPrivate(look)) ?? frames[0];
    if (framed)
        return framed;
    const look = recogniseText(text) ?? (file ? 'base64-unknown' : 'text-unknown');
    return { look, content: file ?? text, form: 'text' };
}
/** Looks at a file; undefined if it is of no known kind. */
function sightFile(file, depth) {
    const der = identifyDer(file);
    if (der) {
        const look = judgeSize(der, file.length);
        return {
            look,
            content: file,
            size: der.size,
            form: isPrivate(look) ? `${privateKeys[look].name} DER` : 'DER',
        };
    }
    const start = file.toString('latin1', 0, 14);
    const magic = magics.find(([bytes]) => start.startsWith(bytes));
    if (magic)
        return { look: magic[1], content: file, form: 'a binary file' };
    // Encoded twice happens, with a frame between even; a bound all the same.
    const text = depth < 3 ? textOf(file) : undefined;
    const inside = text === undefined ? undefined : sightText(pem_tidy(text).text, depth + 1);
    return inside && !unknown.has(inside.look) ? inside : undefined;
}
const unknown = new Set(['empty', 'text-unknown', 'base64-unknown']);
const magics = [
    ['\xfe\xed\xfe\xed', 'jks'],
    ['\xce\xce\xce\xce', 'jks'],
    ['openssh-key-v1', 'openssh'],
];
/** A private key must be there in full, with nothing after it; other files get named as they are. */
function judgeSize({ kind, size }, length) {
    if (!isPrivate(kind) && kind !== 'dsa' && kind !== 'other-der')
        return kind;
    if (size > length)
        return 'cut-short';
    if (size < length)
        return 'trailing';
    return length > largestFile ? 'oversized' : kind;
}
/** Looks into a PEM frame. Its label counts for little: `certutil -encode` calls every file a certificate. */
function sightFrame({ label, body, encryptedPem, closed, hasLines }, depth) {
    const layout = hasLines ? '' : ' on one line';
    if (encryptedPem) {
        const { name } = privateKeys['encrypted-pem'];
        return {
            look: closed ? 'encrypted-pem' : 'end-missing',
            content: encryptedPem,
            form: `PEM (${name})${layout}`,
        };
    }
    if (body === '')
        return { look: 'first-line', content: body, form: 'PEM' };
    const file = decodeBase64(body);
    if (!file)
        return { look: 'frame-garbled', content: body, form: 'PEM' };
    const inside = sightFile(file, depth);
    if (!inside)
        return { look: 'frame-unknown', content: file, form: 'PEM' };
    const form = isPrivate(inside.look) && label.includes('PRIVATE')
        ? `PEM (${privateKeys[inside.look].name})`
        : `${inside.form} in a PEM frame of another kind`;
    return { ...inside, form: form + layout };
}

;// CONCATENATED MODULE: ./src/credentials/sealed-token.ts






const VERSION = 1;
const HEADER = { alg: 'dir', enc: 'A256GCM', typ: 'sealed-token', ver: VERSION };
/** Contents are padded to a multiple of this, in bytes: several times the longest token that was seen. */
const BLOCK = 2048;
/**
 * Seals a token as a compact JWE, encrypted directly with a key that only a holder of the private key can derive
 * (RFC 7516 §7.1, RFC 7518 §4.5 and §5.3, RFC 5869).
 */
async function sealToken(content, scope) {
    const { accessToken, tokenType, expiresAt, apiUrl } = content;
    const text = Buffer.from(JSON.stringify({ accessToken, tokenType, expiresAt: expiresAt.toISOString(), apiUrl }));
    // White space is no part of a JSON value, so the padding needs no format of its own.
    const padded = Buffer.alloc(Math.ceil(text.length / BLOCK) * BLOCK, ' ');
    text.copy(padded);
    return await new CompactEncrypt(padded).setProtectedHeader(HEADER).encrypt(contentKey(scope));
}
/**
 * Opens a sealed token.
 *
 * @throws {ActionError} SEALED_TOKEN_INVALID, SEALED_TOKEN_EXPIRED
 */
async function unsealToken(sealed, scope) {
    const { alg, enc, ver } = headerOf(sealed);
    if (alg !== HEADER.alg || enc !== HEADER.enc || ver !== VERSION) {
        throw sealed_token_invalid('was made by another version of sprinklr-token', 'Use the same version of the action in the job that seals and in those that unseal.');
    }
    const { plaintext } = await compactDecrypt(sealed, contentKey(scope), {
        keyManagementAlgorithms: [HEADER.alg],
        contentEncryptionAlgorithms: [HEADER.enc],
    }).catch(() => {
        throw sealed_token_invalid('does not open: it was made with another private key, in another repository or workflow run, or it was changed on the way', 'Give unseal the same private-key as the job that sealed, and a sealed-token output of this very run.');
    });
    // Whoever could write this holds the key, so it is what `sealToken` wrote.
    const content = JSON.parse(Buffer.from(plaintext).toString());
    const expiresAt = new Date(content.expiresAt);
    if (expiresAt <= scope.now) {
        throw new ActionError('SEALED_TOKEN_EXPIRED', `The token in sealed-token expired at ${content.expiresAt}.`, 'Run the job that mints the token again; re-running all jobs does that, re-running failed jobs alone does not.');
    }
    return { ...content, expiresAt };
}
/** A key of its own for each purpose, version, repository and run. */
function contentKey({ privateKey, repository, runId }) {
    const info = JSON.stringify(['sprinklr-token/sealed-token', VERSION, repository, runId]);
    return new Uint8Array((0,external_node_crypto_namespaceObject.hkdfSync)('sha256', toPkcs8Der(privateKey), '', info, 32));
}
function headerOf(sealed) {
    try {
        if (sealed.split('.').length !== 5)
            throw new TypeError('not five parts');
        return decodeProtectedHeader(sealed);
    }
    catch {
        throw sealed_token_invalid('is not a sealed token', 'Give it the output sealed-token of the job that mints, by way of needs: ${{ needs.JOB.outputs.sealed-token }}.');
    }
}
function sealed_token_invalid(problem, remedy) {
    return new ActionError('SEALED_TOKEN_INVALID', `The input sealed-token ${problem}.`, remedy);
}

;// CONCATENATED MODULE: ./src/sprinklr/identity.ts


/**
 * Asks Sprinklr whose token it is (contract.md §5): only the token tells sandbox from production.
 *
 * @throws {ActionError} every code of the table in interface.md, "Failure"
 */
async function whoAmI(http, { gateway, apiKey, accessToken }, { secrets }) {
    const context = { operation: 'identity check', secrets };
    const request = {
        method: 'GET',
        url: gateway.identity,
        headers: { Authorization: `Bearer ${accessToken}`, Key: apiKey },
        body: '',
    };
    const answer = await http.send(() => request, 'safe');
    if (answer.status < 200 || answer.status >= 300)
        throw refusal(answer, context.operation, secrets);
    const { data } = documentedBody(answer, context);
    if (!isRecord(data))
        throw unexpectedAnswer(answer, 'holds no user', context);
    const id = (field, what) => {
        const value = digits(data[field]);
        if (value === undefined)
            throw unexpectedAnswer(answer, `holds no ${what}`, context);
        return value;
    };
    return {
        userId: id('id', 'user id'),
        workspaceId: id('workspaceId', 'workspace id'),
        customerId: id('customerId', 'customer id'),
        ...words(data, 'name', secrets),
        ...words(data, 'email', secrets),
        ...words(data, 'type', secrets),
    };
}
/** A whole number as its digits. Numbers that JSON has rounded already are refused: they could be another's id. */
function digits(value) {
    if (typeof value === 'number')
        return Number.isSafeInteger(value) && value >= 0 ? String(value) : undefined;
    return typeof value === 'string' && /^\d{1,30}$/.test(value) ? value : undefined;
}
/** A text that nothing depends on; left out where it is none. */
function words(data, field, secrets) {
    const value = data[field];
    const text = typeof value === 'string' ? clean(value, secrets) : '';
    return text === '' ? {} : { [field]: text };
}

;// CONCATENATED MODULE: ./src/modes/token.ts







/**
 * Signs a fresh assertion, exchanges it, looks whose token came back, and returns it, sealed as well if asked to.
 *
 * @throws {ActionError} CERTIFICATE_MISMATCH, CERTIFICATE_EXPIRED, WORKSPACE_NOT_ALLOWED, and what `exchangeAssertion` and
 *   `whoAmI` throw
 */
async function mintToken(request, surroundings) {
    const { certificate, gateway, app, appId, username, parametersIn, verify, sealFor } = request;
    if (certificate !== undefined)
        checkCertificate(certificate, request, surroundings);
    // Said first: if this very thing makes the step fail, the reason stands above the failure.
    if (sealFor === undefined && request.jobTotal > 1) {
        surroundings.log.notice(`This is one of ${request.jobTotal} jobs of a matrix. If each of them makes a token with the same API key, each ends ` +
            'the token of the one before. Mint once, seal, and unseal in each job: see docs/parallel-jobs.md.');
    }
    const sign = async (issuedAt) => {
        const assertion = await signAssertion({
            privateKey: request.privateKey,
            issuer: appId,
            subject: username,
            audience: request.audience,
            issuedAt,
            lifetime: request.assertionLifetime,
            id: surroundings.newId(),
        });
        surroundings.secrets.protect(assertion);
        return assertion;
    };
    const http = openHttp(request.limits, surroundings);
    const accessToken = await exchangeAssertion(http, { gateway, app, appId, parametersIn, sign }, surroundings);
    const identity = verify &&
        (await whoAmI(http, { gateway, apiKey: app.apiKey, accessToken: accessToken.value }, surroundings));
    if (identity)
        requireAllowedWorkspace(identity, verify.allowedWorkspaceIds);
    const result = {
        mode: 'token',
        accessToken,
        apiUrl: gateway.apiUrl,
        username,
        certificate,
        identity,
    };
    return sealFor === undefined
        ? result
        : { ...result, sealedToken: await seal(result, request, surroundings) };
}
/** A token of another tenant than the one that was meant goes nowhere. */
function requireAllowedWorkspace({ workspaceId }, allowed) {
    if (allowed.length === 0 || allowed.includes(workspaceId))
        return;
    throw new ActionError('WORKSPACE_NOT_ALLOWED', `The token belongs to workspace ${workspaceId}, which allowed-workspace-ids does not list. It was not handed on.`, 'Check that app-id, private-key and username are those of the tenant you meant (sandbox and production share host, key and secret), ' +
        'or add the workspace to allowed-workspace-ids.');
}
/** How often a sealing is made anew before giving up; once is nearly always enough. */
const SEALINGS = 10;
/** A runner drops a job's output without a word if a masked value stands in it, so a sealing that holds one by chance is made anew. */
async function seal({ accessToken, apiUrl }, { privateKey, sealFor }, { secrets }) {
    const { value, type, expiresAt } = accessToken;
    for (let made = 0; sealFor !== undefined && made < SEALINGS; made++) {
        const sealed = await sealToken({ accessToken: value, tokenType: type, expiresAt, apiUrl }, { privateKey, ...sealFor });
        if (!secrets.stands(sealed))
            return sealed;
    }
    throw new ActionError('INTERNAL', 'Every sealed token holds one of the masked values, so the runner would drop it.', 'Use longer secrets: one of a few characters stands in any long text.');
}

;// CONCATENATED MODULE: ./src/modes/unseal.ts

/**
 * Opens a token that another job of the same run sealed. Calls nobody.
 *
 * @throws {ActionError} SEALED_TOKEN_INVALID, SEALED_TOKEN_EXPIRED
 */
async function unseal(request, { secrets, now }) {
    const { sealedToken, privateKey, workflowRun } = request;
    const { accessToken, tokenType, expiresAt, apiUrl } = await unsealToken(sealedToken, {
        privateKey,
        ...workflowRun,
        now: now(),
    });
    secrets.protect(accessToken);
    const expiresIn = Math.floor((expiresAt.valueOf() - now().valueOf()) / 1000);
    return {
        mode: 'unseal',
        accessToken: { value: accessToken, type: tokenType, expiresIn, expiresAt },
        apiUrl,
    };
}

;// CONCATENATED MODULE: ./src/sprinklr/consent.ts

/**
 * The one-time code of a browser consent (contract.md §4), from the code itself or from the whole address that the
 * browser landed on.
 *
 * @throws {ActionError} INPUT_INVALID, also where the address tells that the consent was refused (RFC 6749 §4.1.2.1)
 */
function parseAuthorizationCode(text) {
    if (!/(^|[?&])(code|error)=/.test(text)) {
        // What looks like an address, or a path of one, has no code in it. A code may have a slash, further on.
        return requireCode(consent_decode(/^\/|:\/\/|[\s?&]/.test(text) ? '' : text));
    }
    // Codes may hold a bare `+`, which a form would read as a space (contract.md §3 has it in tokens).
    const query = new URLSearchParams(text
        .slice(text.indexOf('?') + 1)
        .replace(/#.*$/, '')
        .replaceAll('+', '%2B'));
    const error = query.get('error');
    if (error !== null) {
        throw new ActionError('INPUT_INVALID', `The input authorization-code is the address of a consent that was ${error === 'access_denied' ? 'denied' : 'not given'}.`, 'Open the consent page again, allow the app, and give the address that the browser lands on.');
    }
    return requireCode(query.get('code') ?? '');
}
/** A code that was copied out of an address is still percent-encoded. */
function consent_decode(text) {
    try {
        return decodeURIComponent(text);
    }
    catch {
        return text;
    }
}
function requireCode(code) {
    if (/^[\x21-\x7e]+$/.test(code))
        return code;
    throw new ActionError('INPUT_INVALID', 'The input authorization-code holds no code.', 'Give the value of code= in the address that the browser landed on after the consent, or that whole address.');
}

;// CONCATENATED MODULE: ./src/sprinklr/gateway.ts

const GATEWAYS = ['api2', 'api3'];
/**
 * @param where.environment as `parseEnvironment` gave it: empty for the default production environment
 * @param where.baseUrl an origin instead of the gateway's own, as `parseBaseUrl` gave it
 */
function gatewayAt(where) {
    const origin = where.baseUrl?.origin ?? `https://${where.gateway}.sprinklr.com`;
    const apiUrl = where.environment === '' ? origin : `${origin}/${where.environment}`;
    return {
        apiUrl,
        register: new URL(`${apiUrl}${where.gateway === 'api2' ? '/api/bdi/app/register' : '/api/app/register'}`),
        codeGrant: new URL(`${apiUrl}/oauth/token`),
        consent: new URL(`${apiUrl}/oauth/authorize`),
        identity: new URL(`${apiUrl}/api/v2/me`),
        // An App ID ends in `=` and could hold `+` or `/` (contract.md §3).
        exchange: (appId) => new URL(`${apiUrl}/oauth/apptoken/${encodeURIComponent(appId)}`),
    };
}
/**
 * The path segment of an environment: lower case, without the braces that people copy from the portal
 * (contract.md, "Two gateways"); empty for the default production environment.
 *
 * @throws {ActionError} INPUT_INVALID
 */
function parseEnvironment(text) {
    const name = text
        .trim()
        .replace(/^\{+\s*|\s*\}+$/g, '')
        .toLowerCase();
    if (name === 'prod')
        return '';
    // `{{env}}` is how Sprinklr's guide writes that an environment goes here.
    if (!/^([a-z][a-z0-9-]*)?$/.test(name) || name === 'env') {
        throw new ActionError('INPUT_INVALID', 'The input environment is not the name of a Sprinklr environment.', 'Give a name like prod2 or prod4, or leave it empty for the default production environment. ' +
            'To find yours, search the page source of the Sprinklr UI for "sentry-environment".');
    }
    return name;
}
/** `localhost`, 127.0.0.0/8 and ::1, the only hosts that may be spoken to over plain HTTP. */
function isLoopback(hostname) {
    return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(hostname);
}
/**
 * An origin: `https`, or `http` on a loopback address only.
 *
 * @throws {ActionError} INPUT_INVALID
 */
function parseBaseUrl(text) {
    const invalid = (problem) => new ActionError('INPUT_INVALID', `The input base-url ${problem}.`, 'Give an origin like https://api2.sprinklr.com, without path or query; plain http only for localhost, 127.0.0.1 or [::1].');
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined)
        throw invalid('is not an address');
    if (url.username !== '' || url.password !== '')
        throw invalid('holds a user name or password');
    if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
        throw invalid('has more than an origin');
    if (url.protocol === 'http:' && !isLoopback(url.hostname))
        throw invalid('would send secrets over plain http');
    if (url.protocol !== 'https:' && url.protocol !== 'http:')
        throw invalid('is neither https nor http');
    return url;
}

;// CONCATENATED MODULE: ./src/action/input-reader.ts

/** Masked before anything is looked at. */
const SECRET_INPUTS = [
    'private-key',
    'private-key-passphrase',
    'api-key',
    'api-secret',
    'access-token',
    'authorization-code',
    'mtls-private-key',
    'mtls-passphrase',
];
/** What an input means when it is empty; the same as in action.yml. */
const DEFAULTS = {
    mode: 'token',
    audience: 'https://www.sprinklr.com/',
    gateway: 'api2',
    'certificate-warning-days': '30',
    'assertion-lifetime': '180',
    'parameters-in': 'query',
    verify: 'false',
    seal: 'false',
    'export-env': 'false',
    'max-attempts': '4',
    'timeout-seconds': '60',
    'job-summary': 'true',
};
/** The raw inputs, each read in the one way that suits it. */
class Inputs {
    #read;
    #secrets;
    constructor(read, secrets) {
        this.#read = read;
        this.#secrets = secrets;
        for (const name of SECRET_INPUTS)
            secrets.protect(read(name));
        // Not a secret, unless somebody pasted the wrong file.
        if (read('certificate').includes('PRIVATE KEY'))
            secrets.protect(read('certificate'));
    }
    has(name) {
        return this.#read(name) !== '';
    }
    text(name) {
        const text = this.#read(name);
        return text === '' && name in DEFAULTS ? DEFAULTS[name] : text;
    }
    protected(value) {
        this.#secrets.protect(value);
        return value;
    }
    /** @throws {ActionError} INPUT_MISSING, for all that are empty at once */
    require(...names) {
        const missing = names.filter((name) => !this.has(name));
        if (missing.length === 0)
            return;
        throw new ActionError('INPUT_MISSING', `${missing.length === 1 ? 'The input' : 'The inputs'} ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} empty.`, 'A secret or variable that does not exist reads as empty: check its name, that this repository may use it, ' +
            'and that the job names its environment if it belongs to one. Workflows started from a fork get no secrets, and those of Dependabot only its own.');
    }
    /** A text of one line, without control characters. */
    line(name) {
        const text = this.text(name);
        if (!/^[^\p{C}\p{Zl}\p{Zp}]+$/u.test(text))
            throw this.#invalid(name, 'one line without control characters');
        return text;
    }
    /** A text that goes into a header as it is. */
    ascii(name) {
        const text = this.text(name);
        if (!/^[\x21-\x7e]+$/.test(text))
            throw this.#invalid(name, 'one word of printable ASCII characters');
        return text;
    }
    choice(name, choices) {
        const text = this.text(name).toLowerCase();
        const found = choices.find((choice) => choice === text);
        if (found === undefined)
            throw this.#invalid(name, choices.join(' or '));
        return found;
    }
    flag(name) {
        return this.choice(name, ['true', 'false']) === 'true';
    }
    /** What stands between commas and line ends: digits, as Sprinklr's ids are. */
    list(name) {
        const items = this.text(name)
            .split(/[\s,]+/)
            .filter((item) => item !== '');
        if (!items.every((item) => /^\d+$/.test(item)))
            throw this.#invalid(name, 'a list of numbers, with commas or line ends between them');
        return items;
    }
    integer(name, least, most) {
        const text = this.text(name);
        const value = /^\d+$/.test(text) ? Number(text) : NaN;
        if (!(value >= least && value <= most))
            throw this.#invalid(name, `a whole number from ${least} to ${most}`);
        return value;
    }
    #invalid(name, wanted) {
        return new ActionError('INPUT_INVALID', `The input ${name} has to be ${wanted}.`, `Correct ${name} in the step's "with:" block.`);
    }
}

;// CONCATENATED MODULE: ./src/action/workflow-run.ts

/**
 * The run that this step belongs to. Every attempt of a run has the same id, so a token that the first attempt sealed
 * still opens when failed jobs run again.
 *
 * @throws {ActionError} INTERNAL where no runner says which run it is
 */
function workflowRun() {
    const set = (name) => process.env[name] ?? '';
    const repository = set('GITHUB_REPOSITORY_ID') === '' ? set('GITHUB_REPOSITORY') : set('GITHUB_REPOSITORY_ID');
    const runId = set('GITHUB_RUN_ID');
    if (repository !== '' && runId !== '')
        return { repository, runId };
    throw new ActionError('INTERNAL', 'Sealing needs a workflow run, and GITHUB_REPOSITORY or GITHUB_RUN_ID is not set.', 'Use it in a workflow with "uses:".');
}

;// CONCATENATED MODULE: ./src/action/inputs.ts








/**
 * Turns the inputs into one typed request; after this no text is looked at again.
 *
 * @param read gives an input's text without the space around it, empty where it is not set
 * @throws {ActionError} INPUT_MISSING, INPUT_INVALID, and the KEY_… and CERTIFICATE_… codes
 */
function readInputs(read, secrets) {
    const inputs = new Inputs(read, secrets);
    const mode = inputs.choice('mode', ['token', 'register', 'unseal']);
    const request = { token: tokenRequest, register: registerRequest, unseal: unsealRequest }[mode](inputs);
    return {
        request,
        handOver: {
            exportEnv: inputs.flag('export-env'),
            apiKey: inputs.text('api-key'),
            jobSummary: inputs.flag('job-summary'),
        },
    };
}
function tokenRequest(inputs) {
    inputs.require('private-key', 'app-id', 'username', 'api-key', 'api-secret', 'redirect-uri');
    return {
        mode: 'token',
        appId: parseAppId(inputs.text('app-id')),
        username: inputs.line('username'),
        audience: inputs.line('audience'),
        app: developerApp(inputs),
        gateway: gateway(inputs),
        assertionLifetime: inputs.integer('assertion-lifetime', 30, 600),
        parametersIn: inputs.choice('parameters-in', ['query', 'body']),
        certificateWarningDays: inputs.integer('certificate-warning-days', 0, 3650),
        limits: limits(inputs),
        privateKey: privateKey(inputs),
        certificate: inputs.has('certificate') ? certificate(inputs) : undefined,
        verify: verification(inputs),
        sealFor: inputs.flag('seal') ? workflowRun() : undefined,
        // Whatever a runner without matrices fills in, it is not a number above 1.
        jobTotal: Number(inputs.text('strategy-job-total')) || 1,
    };
}
function verification(inputs) {
    const allowedWorkspaceIds = inputs.list('allowed-workspace-ids');
    return inputs.flag('verify') || allowedWorkspaceIds.length > 0 ? { allowedWorkspaceIds } : undefined;
}
function unsealRequest(inputs) {
    if (!inputs.has('sealed-token')) {
        throw new ActionError('INPUT_MISSING', 'The input sealed-token is empty.', "The job that mints has to list it under its outputs, and this job has to name that one in needs. If both do, look at that job's " +
            'log: the runner drops an output in which a masked value stands, and says so there.');
    }
    inputs.require('private-key');
    return {
        mode: 'unseal',
        sealedToken: inputs.text('sealed-token'),
        privateKey: privateKey(inputs),
        workflowRun: workflowRun(),
    };
}
function registerRequest(inputs) {
    inputs.require('certificate', 'api-key');
    return {
        mode: 'register',
        certificate: certificate(inputs),
        privateKey: inputs.has('private-key') ? privateKey(inputs) : undefined,
        certificateWarningDays: inputs.integer('certificate-warning-days', 0, 3650),
        apiKey: inputs.ascii('api-key'),
        grant: grant(inputs),
        gateway: gateway(inputs),
        limits: limits(inputs),
    };
}
function grant(inputs) {
    const hasToken = inputs.has('access-token');
    if (hasToken === inputs.has('authorization-code')) {
        throw new ActionError(hasToken ? 'INPUT_INVALID' : 'INPUT_MISSING', hasToken
            ? 'The inputs access-token and authorization-code are both set.'
            : 'The inputs access-token and authorization-code are both empty.', 'Give exactly one: the code from the browser consent (simplest; it lives ten minutes), or an access token that you got with it.');
    }
    if (hasToken)
        return { accessToken: inputs.ascii('access-token') };
    inputs.require('api-secret', 'redirect-uri');
    return {
        code: inputs.protected(parseAuthorizationCode(inputs.text('authorization-code'))),
        app: developerApp(inputs),
    };
}
function developerApp(inputs) {
    const redirectUri = inputs.line('redirect-uri');
    if (!URL.canParse(redirectUri)) {
        throw new ActionError('INPUT_INVALID', 'The input redirect-uri is not an address.', 'Give the callback URL of the Sprinklr developer app, to the letter: https://www.example.com/callback');
    }
    return { apiKey: inputs.ascii('api-key'), apiSecret: inputs.line('api-secret'), redirectUri };
}
function gateway(inputs) {
    return gatewayAt({
        gateway: inputs.choice('gateway', GATEWAYS),
        environment: parseEnvironment(inputs.text('environment')),
        ...(inputs.has('base-url') && { baseUrl: parseBaseUrl(inputs.text('base-url')) }),
    });
}
function privateKey(inputs) {
    const pasted = {
        value: inputs.text('private-key'),
        passphrase: inputs.text('private-key-passphrase'),
        input: 'private-key',
    };
    return protectKey(requireRs256(readPrivateKey(pasted), 'private-key'), inputs);
}
/** A key may have been pasted in another form than the one that somebody later prints. */
function protectKey(key, inputs) {
    inputs.protected(toPkcs8Der(key).toString('base64'));
    inputs.protected(key.export({ format: 'pem', type: 'pkcs8' }).toString());
    return key;
}
function certificate(inputs) {
    const found = readPublic(inputs, 'certificate', readCertificate);
    requireRsa(found.x509.publicKey, 'certificate');
    return found;
}
/** An input that is no secret, unless somebody pasted the wrong file: then it is hidden from now on. */
function readPublic(inputs, name, read) {
    try {
        return read(inputs.text(name), name);
    }
    catch (error) {
        if (error instanceof ActionError && error.code === 'CERTIFICATE_IS_PRIVATE_KEY')
            inputs.protected(inputs.text(name));
        throw error;
    }
}
function limits(inputs) {
    return {
        timeoutSeconds: inputs.integer('timeout-seconds', 5, 600),
        maxAttempts: inputs.integer('max-attempts', 1, 10),
        clientCertificate: clientCertificate(inputs),
    };
}
function clientCertificate(inputs) {
    if (!inputs.has('mtls-certificate') && !inputs.has('mtls-private-key'))
        return undefined;
    inputs.require('mtls-certificate', 'mtls-private-key');
    const pasted = {
        value: inputs.text('mtls-private-key'),
        passphrase: inputs.text('mtls-passphrase'),
        input: 'mtls-private-key',
    };
    const key = protectKey(readPrivateKey(pasted), inputs);
    return {
        cert: readPublic(inputs, 'mtls-certificate', readCertificateChain),
        key: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
    };
}

;// CONCATENATED MODULE: ./src/action/masking.ts
/** Below this a mask would eat the log rather than protect anything. */
const SHORTEST_FRAGMENT = 8;
const SHORTEST_SECRET = 4;
/** How many characters of a secret in a row make a text a leak. */
const TRACE = 12;
/**
 * What must never be shown. Every protected value goes to the runner's own masks, for whatever later prints it, and
 * into `redact`, for the texts of servers, which are cut and changed before they are shown.
 *
 * @param setSecret hands one text to the runner as a mask
 */
function createSecrets(setSecret) {
    const masked = new Set();
    const whole = [];
    return {
        protect(value) {
            if (value.length < SHORTEST_SECRET)
                return;
            whole.push(value);
            // The runner takes a mask apart into its lines and hides each, a PEM's frame and its short last line too.
            const asItIs = /[\r\n]/.test(value) ? [] : [value];
            for (const form of [...asItIs, ...formsToMask(value)]) {
                if (masked.has(form))
                    continue;
                masked.add(form);
                setSecret(form);
            }
        },
        stands: (text) => [...masked].some((form) => text.includes(form)),
        redact: (text) => redact(text, [...masked, ...whole, ...whole.flatMap(encodings)]),
    };
}
/** The forms in which a later step could print a value: each of its lines, as it is and escaped for a URL, a form, or JSON. */
function formsToMask(value) {
    const lines = value
        .split(/\r?\n|\\n/)
        .map((line) => line.trim())
        .filter((line) => !FRAME.test(line));
    return [...lines, ...lines.flatMap(escapes)].filter((form) => form.length >= SHORTEST_FRAGMENT);
}
/** The lines round a PEM body say nothing, and stand in every log that shows a key's kind. */
const FRAME = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;
function escapes(line) {
    // By way of UTF-8, because a lone surrogate has no percent-encoded form.
    const text = Buffer.from(line).toString();
    return [
        encodeURIComponent(text),
        new URLSearchParams({ '': text }).toString().slice(1),
        JSON.stringify(line).slice(1, -1),
    ];
}
/** What else a server could make of a value that it was sent. The runner masks these by itself. */
function encodings(value) {
    const bytes = Buffer.from(value);
    // In the base64 of a longer text, a value may start at the second or third byte of a group.
    const inside = [1, 2]
        .map((shift) => Buffer.concat([Buffer.alloc(shift), bytes])
        .toString('base64')
        .slice(4, -4))
        .filter((text) => text.length >= TRACE);
    return [bytes.toString('base64'), bytes.toString('base64url'), bytes.toString('hex'), ...inside];
}
/** Replaces whatever shares `TRACE` characters in a row with a secret, in either case, and every secret shorter than that. */
function redact(text, forms) {
    const traces = new Set();
    for (const form of forms.map(lowerCase)) {
        if (form.length < TRACE)
            traces.add(form);
        for (let start = 0; start + TRACE <= form.length; start++)
            traces.add(form.slice(start, start + TRACE));
    }
    const lengths = new Set([...traces].map((trace) => trace.length));
    const lower = lowerCase(text);
    let shown = '';
    let hiddenUntil = 0;
    for (let index = 0; index < text.length; index++) {
        for (const length of lengths) {
            if (traces.has(lower.slice(index, index + length)))
                hiddenUntil = Math.max(hiddenUntil, index + length);
        }
        if (index >= hiddenUntil)
            shown += text.charAt(index);
        else if (!shown.endsWith('***'))
            shown += '***';
    }
    return shown;
}
/** ASCII only: other letters may change their length. */
function lowerCase(text) {
    return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

;// CONCATENATED MODULE: external "node:fs"
const external_node_fs_namespaceObject = require("node:fs");
;// CONCATENATED MODULE: ./src/action/outputs.ts



/**
 * Without the runner's files `@actions/core` would print outputs to the log instead, tokens included; and a token that
 * cannot be handed on has ended the one before for nothing.
 *
 * @throws {ActionError} INTERNAL
 */
function requireRunnerFiles() {
    const unusable = ['GITHUB_OUTPUT', 'GITHUB_ENV'].filter((name) => !isWritable(process.env[name] ?? ''));
    if (unusable.length === 0)
        return;
    throw new ActionError('INTERNAL', `This is not a step of a GitHub Actions job: ${unusable.join(' and ')} names no file that can be written.`, 'Use it in a workflow with "uses:". To try it at a desk, run "npm run demo".');
}
function isWritable(path) {
    try {
        (0,external_node_fs_namespaceObject.accessSync)(path, external_node_fs_namespaceObject.constants.W_OK);
        return (0,external_node_fs_namespaceObject.statSync)(path).isFile();
    }
    catch {
        return false;
    }
}
/** Hands an access token on. Its value was masked when it was read from the answer. */
async function handOverToken(result, handOver) {
    const { accessToken, apiUrl } = result;
    const { certificate, identity, sealedToken } = result.mode === 'token' ? result : {};
    const expiresAt = accessToken.expiresAt.toISOString();
    setOutput('access-token', accessToken.value);
    setOutput('token-type', accessToken.type);
    setOutput('expires-in', accessToken.expiresIn);
    setOutput('expires-at', expiresAt);
    setOutput('api-url', apiUrl);
    if (sealedToken !== undefined)
        setOutput('sealed-token', sealedToken);
    if (identity !== undefined) {
        setOutput('user-id', identity.userId);
        setOutput('workspace-id', identity.workspaceId);
        setOutput('customer-id', identity.customerId);
    }
    if (certificate !== undefined)
        setCertificateOutputs(certificate);
    if (handOver.exportEnv) {
        exportVariable('SPRINKLR_ACCESS_TOKEN', accessToken.value);
        if (handOver.apiKey !== '')
            exportVariable('SPRINKLR_API_KEY', handOver.apiKey);
        exportVariable('SPRINKLR_API_URL', apiUrl);
    }
    // The runner takes `##[name]` anywhere in a line for a command.
    const whose = result.mode === 'token'
        ? `for ${result.username.replaceAll('##[', '# #[')} at`
        : 'of another job of this run, for';
    info(`Sprinklr access token ${whose} ${apiUrl}. It lives until ${expiresAt}.`);
    info('Sprinklr keeps one live token per API key: the next token made with this key ends this one.');
    if (handOver.jobSummary) {
        await writeSummary('Sprinklr access token', [
            result.mode === 'token' ? ['Acts as', result.username] : ['Made by', 'another job of this run'],
            ['API URL', apiUrl],
            ['Lives until', `${expiresAt}, or until the next token is made with this API key`],
            ...(identity === undefined ? [] : identityRows(identity)),
            ...(certificate === undefined ? [] : certificateRows(certificate)),
        ]);
    }
}
/** Hands an App ID on: in plain text, since it identifies and does not authenticate (contract.md §1). */
async function handOverAppId({ appId, certificate, apiUrl }, { jobSummary }) {
    setOutput('app-id', appId);
    setOutput('api-url', apiUrl);
    setCertificateOutputs(certificate);
    const repository = process.env['GITHUB_REPOSITORY'] ?? 'OWNER/REPOSITORY';
    const forAll = `gh variable set SPRINKLR_APP_ID --repo ${repository} --body '${appId}'`;
    const forOne = `gh variable set SPRINKLR_APP_ID --repo ${repository} --env ENVIRONMENT --body '${appId}'`;
    info(`Registered the certificate with SHA-256 fingerprint ${certificate.fingerprint}.`);
    info(`App ID: ${appId}`);
    info('Store it as a variable, for the whole repository or for one of its environments:');
    info(`  ${forAll}`);
    info(`  ${forOne}`);
    if (jobSummary) {
        await writeSummary('Sprinklr App ID', [['App ID', appId], ['API URL', apiUrl], ...certificateRows(certificate)], `Store it, for the whole repository or for one of its environments:\n\n\`\`\`sh\n${forAll}\n${forOne}\n\`\`\``);
    }
}
function setCertificateOutputs({ fingerprint, expiresAt }) {
    setOutput('certificate-fingerprint', fingerprint);
    setOutput('certificate-expires-at', expiresAt.toISOString());
}
function identityRows({ userId, workspaceId, customerId }) {
    return [
        ['User', userId],
        ['Workspace', workspaceId],
        ['Customer', customerId],
    ];
}
function certificateRows({ fingerprint, expiresAt }) {
    return [
        ['Certificate', `SHA-256 ${fingerprint}`],
        ['Certificate expires', expiresAt.toISOString()],
    ];
}
/** A runner without summaries, or one that cannot write them, is no reason to fail (interface.md, "Older runners"). */
async function writeSummary(title, rows, after = '') {
    const table = rows.map(([name, value]) => `| ${name} | ${escapeCell(value)} |`);
    try {
        await summary
            .addRaw([`### ${title}`, '', '| | |', '|---|---|', ...table, '', after, ''].join('\n'))
            .write();
    }
    catch {
        core_debug('The job summary could not be written.');
    }
}
/** Neither a line end nor Markdown or HTML out of a value. */
function escapeCell(value) {
    return value.replace(/[\\`*_{}[\]<>()#+!|&~]/g, (character) => `&#${character.charCodeAt(0)};`);
}

;// CONCATENATED MODULE: ./src/action/run.ts









/** Runs the step from its inputs to its outputs. Never throws: a failure becomes an annotation, `error-code` and exit code 1. */
async function run() {
    const surroundings = {
        log: {
            debug: core_debug,
            info: info,
            notice: (line) => {
                notice(line);
            },
            warning: (line) => {
                warning(line);
            },
        },
        secrets: createSecrets(core_setSecret),
        now: () => new Date(),
        random: Math.random,
        newId: external_node_crypto_namespaceObject.randomUUID,
    };
    try {
        requireRunnerFiles();
        const { request, handOver } = readInputs((name) => getInput(name), surroundings.secrets);
        switch (request.mode) {
            case 'token':
                await handOverToken(await mintToken(request, surroundings), handOver);
                break;
            case 'register':
                await handOverAppId(await register(request, surroundings), handOver);
                break;
            case 'unseal':
                await handOverToken(await unseal(request, surroundings), handOver);
                break;
        }
    }
    catch (error) {
        fail(error);
    }
}
function fail(thrown) {
    // First of all: whatever fails from here on, the step is not green.
    process.exitCode = 1;
    const error = thrown instanceof ActionError ? thrown : internalError(thrown);
    core_error([error.message, error.remedy, ...whereToRead(error)].join(' '), { title: error.code });
    try {
        if (process.env['GITHUB_OUTPUT'])
            setOutput('error-code', error.code);
    }
    catch {
        core_debug('The output error-code could not be written.');
    }
}
/**
 * Where the entry of an error is, in the documentation of the version that runs. Elsewhere than on github.com nobody
 * can tell whether the action came from that server, and a link that leads nowhere is worse than none.
 */
function whereToRead({ code }) {
    const { GITHUB_SERVER_URL, GITHUB_ACTION_REPOSITORY = '', GITHUB_ACTION_REF = '' } = process.env;
    const known = GITHUB_SERVER_URL === 'https://github.com' &&
        /^[\w.-]+\/[\w.-]+$/.test(GITHUB_ACTION_REPOSITORY) &&
        /^[\w./-]+$/.test(GITHUB_ACTION_REF);
    if (!known)
        return [];
    const page = `${GITHUB_SERVER_URL}/${GITHUB_ACTION_REPOSITORY}/blob/${GITHUB_ACTION_REF}/docs/troubleshooting.md`;
    return [`More: ${page}#${code.toLowerCase()}`];
}
/** Our own fault. Its message could hold anything, so only what it is and where it arose are shown, and those to debuggers. */
function internalError(thrown) {
    const frames = thrown instanceof Error ? (thrown.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line)) : [];
    core_debug([thrown instanceof Error ? thrown.name : typeof thrown, ...frames].join('\n'));
    return new ActionError('INTERNAL', 'sprinklr-token failed in a way that it should not.', 'Run the job again with debug logging, and open an issue with the log of this step.');
}

;// CONCATENATED MODULE: ./src/index.ts

// The proxy agent of @actions/http-client calls a deprecated Buffer constructor: nothing that a user could act on.
process.noDeprecation = true;
void run().finally(() => {
    // Called once all output is flushed. Nothing keeps the step alive any longer, least of all a half-open connection.
    process.stdout.write('', () => process.exit());
});

})();

module.exports = __webpack_exports__;
/******/ })()
;