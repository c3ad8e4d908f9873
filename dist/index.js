"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __commonJS = (cb, mod) => function __require() {
  try {
    return mod || (0, cb[__getOwnPropNames(cb)[0]])((mod = { exports: {} }).exports, mod), mod.exports;
  } catch (e) {
    throw mod = 0, e;
  }
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
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

// node_modules/tunnel/lib/tunnel.js
var require_tunnel = __commonJS({
  "node_modules/tunnel/lib/tunnel.js"(exports2) {
    "use strict";
    var net = require("net");
    var tls = require("tls");
    var http3 = require("http");
    var https3 = require("https");
    var events = require("events");
    var assert = require("assert");
    var util = require("util");
    exports2.httpOverHttp = httpOverHttp2;
    exports2.httpsOverHttp = httpsOverHttp2;
    exports2.httpOverHttps = httpOverHttps2;
    exports2.httpsOverHttps = httpsOverHttps2;
    function httpOverHttp2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = http3.request;
      return agent;
    }
    function httpsOverHttp2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = http3.request;
      agent.createSocket = createSecureSocket;
      agent.defaultPort = 443;
      return agent;
    }
    function httpOverHttps2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = https3.request;
      return agent;
    }
    function httpsOverHttps2(options) {
      var agent = new TunnelingAgent(options);
      agent.request = https3.request;
      agent.createSocket = createSecureSocket;
      agent.defaultPort = 443;
      return agent;
    }
    function TunnelingAgent(options) {
      var self = this;
      self.options = options || {};
      self.proxyOptions = self.options.proxy || {};
      self.maxSockets = self.options.maxSockets || http3.Agent.defaultMaxSockets;
      self.requests = [];
      self.sockets = [];
      self.on("free", function onFree(socket, host, port, localAddress) {
        var options2 = toOptions(host, port, localAddress);
        for (var i = 0, len = self.requests.length; i < len; ++i) {
          var pending = self.requests[i];
          if (pending.host === options2.host && pending.port === options2.port) {
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
      var options = mergeOptions({ request: req }, self.options, toOptions(host, port, localAddress));
      if (self.sockets.length >= this.maxSockets) {
        self.requests.push(options);
        return;
      }
      self.createSocket(options, function(socket) {
        socket.on("free", onFree);
        socket.on("close", onCloseOrRemove);
        socket.on("agentRemove", onCloseOrRemove);
        req.onSocket(socket);
        function onFree() {
          self.emit("free", socket, options);
        }
        function onCloseOrRemove(err) {
          self.removeSocket(socket);
          socket.removeListener("free", onFree);
          socket.removeListener("close", onCloseOrRemove);
          socket.removeListener("agentRemove", onCloseOrRemove);
        }
      });
    };
    TunnelingAgent.prototype.createSocket = function createSocket(options, cb) {
      var self = this;
      var placeholder = {};
      self.sockets.push(placeholder);
      var connectOptions2 = mergeOptions({}, self.proxyOptions, {
        method: "CONNECT",
        path: options.host + ":" + options.port,
        agent: false,
        headers: {
          host: options.host + ":" + options.port
        }
      });
      if (options.localAddress) {
        connectOptions2.localAddress = options.localAddress;
      }
      if (connectOptions2.proxyAuth) {
        connectOptions2.headers = connectOptions2.headers || {};
        connectOptions2.headers["Proxy-Authorization"] = "Basic " + new Buffer(connectOptions2.proxyAuth).toString("base64");
      }
      debug2("making CONNECT request");
      var connectReq = self.request(connectOptions2);
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
          debug2(
            "tunneling socket could not be established, statusCode=%d",
            res.statusCode
          );
          socket.destroy();
          var error2 = new Error("tunneling socket could not be established, statusCode=" + res.statusCode);
          error2.code = "ECONNRESET";
          options.request.emit("error", error2);
          self.removeSocket(placeholder);
          return;
        }
        if (head.length > 0) {
          debug2("got illegal response body from proxy");
          socket.destroy();
          var error2 = new Error("got illegal response body from proxy");
          error2.code = "ECONNRESET";
          options.request.emit("error", error2);
          self.removeSocket(placeholder);
          return;
        }
        debug2("tunneling connection has established");
        self.sockets[self.sockets.indexOf(placeholder)] = socket;
        return cb(socket);
      }
      function onError(cause) {
        connectReq.removeAllListeners();
        debug2(
          "tunneling socket could not be established, cause=%s\n",
          cause.message,
          cause.stack
        );
        var error2 = new Error("tunneling socket could not be established, cause=" + cause.message);
        error2.code = "ECONNRESET";
        options.request.emit("error", error2);
        self.removeSocket(placeholder);
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
      var self = this;
      TunnelingAgent.prototype.createSocket.call(self, options, function(socket) {
        var hostHeader = options.request.getHeader("host");
        var tlsOptions = mergeOptions({}, self.options, {
          socket,
          servername: hostHeader ? hostHeader.replace(/:.*$/, "") : options.host
        });
        var secureSocket = tls.connect(0, tlsOptions);
        self.sockets[self.sockets.indexOf(socket)] = secureSocket;
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
    var debug2;
    if (process.env.NODE_DEBUG && /\btunnel\b/.test(process.env.NODE_DEBUG)) {
      debug2 = function() {
        var args = Array.prototype.slice.call(arguments);
        if (typeof args[0] === "string") {
          args[0] = "TUNNEL: " + args[0];
        } else {
          args.unshift("TUNNEL:");
        }
        console.error.apply(console, args);
      };
    } else {
      debug2 = function() {
      };
    }
    exports2.debug = debug2;
  }
});

// node_modules/tunnel/index.js
var require_tunnel2 = __commonJS({
  "node_modules/tunnel/index.js"(exports2, module2) {
    module2.exports = require_tunnel();
  }
});

// src/action/run.ts
var import_node_crypto5 = require("node:crypto");
var import_node_util = require("node:util");

// node_modules/@actions/core/lib/command.js
var os = __toESM(require("os"));

// node_modules/@actions/core/lib/utils.js
function toCommandValue(input) {
  if (input === null || input === void 0) {
    return "";
  } else if (typeof input === "string" || input instanceof String) {
    return input;
  }
  return JSON.stringify(input);
}
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

// node_modules/@actions/core/lib/command.js
function issueCommand(command, properties, message2) {
  const cmd = new Command(command, properties, message2);
  process.stdout.write(cmd.toString() + os.EOL);
}
var CMD_STRING = "::";
var Command = class {
  constructor(command, properties, message2) {
    if (!command) {
      command = "missing.command";
    }
    this.command = command;
    this.properties = properties;
    this.message = message2;
  }
  toString() {
    let cmdStr = CMD_STRING + this.command;
    if (this.properties && Object.keys(this.properties).length > 0) {
      cmdStr += " ";
      let first = true;
      for (const key in this.properties) {
        if (this.properties.hasOwnProperty(key)) {
          const val = this.properties[key];
          if (val) {
            if (first) {
              first = false;
            } else {
              cmdStr += ",";
            }
            cmdStr += `${key}=${escapeProperty(val)}`;
          }
        }
      }
    }
    cmdStr += `${CMD_STRING}${escapeData(this.message)}`;
    return cmdStr;
  }
};
function escapeData(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A");
}
function escapeProperty(s) {
  return toCommandValue(s).replace(/%/g, "%25").replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/:/g, "%3A").replace(/,/g, "%2C");
}

// node_modules/@actions/core/lib/file-command.js
var crypto2 = __toESM(require("crypto"));
var fs = __toESM(require("fs"));
var os2 = __toESM(require("os"));
function issueFileCommand(command, message2) {
  const filePath = process.env[`GITHUB_${command}`];
  if (!filePath) {
    throw new Error(`Unable to find environment variable for file command ${command}`);
  }
  if (!fs.existsSync(filePath)) {
    throw new Error(`Missing file at path: ${filePath}`);
  }
  fs.appendFileSync(filePath, `${toCommandValue(message2)}${os2.EOL}`, {
    encoding: "utf8"
  });
}
function prepareKeyValueMessage(key, value) {
  const delimiter = `ghadelimiter_${crypto2.randomUUID()}`;
  const convertedValue = toCommandValue(value);
  if (key.includes(delimiter)) {
    throw new Error(`Unexpected input: name should not contain the delimiter "${delimiter}"`);
  }
  if (convertedValue.includes(delimiter)) {
    throw new Error(`Unexpected input: value should not contain the delimiter "${delimiter}"`);
  }
  return `${key}<<${delimiter}${os2.EOL}${convertedValue}${os2.EOL}${delimiter}`;
}

// node_modules/@actions/core/lib/core.js
var os3 = __toESM(require("os"), 1);

// node_modules/@actions/http-client/lib/index.js
var http = __toESM(require("http"), 1);
var https = __toESM(require("https"), 1);

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
var DecodedURL = class extends URL {
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

// node_modules/@actions/http-client/lib/index.js
var tunnel = __toESM(require_tunnel2(), 1);

// scripts/stubs/undici.ts
var ProxyAgent = class {
  constructor() {
    throw new Error("undici is not in this bundle");
  }
};

// node_modules/@actions/http-client/lib/index.js
var __awaiter = function(thisArg, _arguments, P, generator) {
  function adopt(value) {
    return value instanceof P ? value : new P(function(resolve) {
      resolve(value);
    });
  }
  return new (P || (P = Promise))(function(resolve, reject) {
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
      result.done ? resolve(result.value) : adopt(result.value).then(fulfilled, rejected);
    }
    step((generator = generator.apply(thisArg, _arguments || [])).next());
  });
};
var HttpCodes;
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
var Headers;
(function(Headers2) {
  Headers2["Accept"] = "accept";
  Headers2["ContentType"] = "content-type";
})(Headers || (Headers = {}));
var MediaTypes;
(function(MediaTypes2) {
  MediaTypes2["ApplicationJson"] = "application/json";
})(MediaTypes || (MediaTypes = {}));
var HttpRedirectCodes = [
  HttpCodes.MovedPermanently,
  HttpCodes.ResourceMoved,
  HttpCodes.SeeOther,
  HttpCodes.TemporaryRedirect,
  HttpCodes.PermanentRedirect
];
var HttpResponseRetryCodes = [
  HttpCodes.BadGateway,
  HttpCodes.ServiceUnavailable,
  HttpCodes.GatewayTimeout
];
var RetryableHttpVerbs = ["OPTIONS", "GET", "DELETE", "HEAD"];
var ExponentialBackoffCeiling = 10;
var ExponentialBackoffTimeSlice = 5;
var HttpClientError = class _HttpClientError extends Error {
  constructor(message2, statusCode) {
    super(message2);
    this.name = "HttpClientError";
    this.statusCode = statusCode;
    Object.setPrototypeOf(this, _HttpClientError.prototype);
  }
};
var HttpClientResponse = class {
  constructor(message2) {
    this.message = message2;
  }
  readBody() {
    return __awaiter(this, void 0, void 0, function* () {
      return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
        let output = Buffer.alloc(0);
        this.message.on("data", (chunk) => {
          output = Buffer.concat([output, chunk]);
        });
        this.message.on("end", () => {
          resolve(output.toString());
        });
      }));
    });
  }
  readBodyBuffer() {
    return __awaiter(this, void 0, void 0, function* () {
      return new Promise((resolve) => __awaiter(this, void 0, void 0, function* () {
        const chunks = [];
        this.message.on("data", (chunk) => {
          chunks.push(chunk);
        });
        this.message.on("end", () => {
          resolve(Buffer.concat(chunks));
        });
      }));
    });
  }
};
var HttpClient = class {
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
      let info2 = this._prepareRequest(verb, parsedUrl, headers);
      const maxTries = this._allowRetries && RetryableHttpVerbs.includes(verb) ? this._maxRetries + 1 : 1;
      let numTries = 0;
      let response;
      do {
        response = yield this.requestRaw(info2, data);
        if (response && response.message && response.message.statusCode === HttpCodes.Unauthorized) {
          let authenticationHandler;
          for (const handler of this.handlers) {
            if (handler.canHandleAuthentication(response)) {
              authenticationHandler = handler;
              break;
            }
          }
          if (authenticationHandler) {
            return authenticationHandler.handleAuthentication(this, info2, data);
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
            for (const header in headers) {
              if (header.toLowerCase() === "authorization") {
                delete headers[header];
              }
            }
          }
          info2 = this._prepareRequest(verb, parsedRedirectUrl, headers);
          response = yield this.requestRaw(info2, data);
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
  requestRaw(info2, data) {
    return __awaiter(this, void 0, void 0, function* () {
      return new Promise((resolve, reject) => {
        function callbackForResult(err, res) {
          if (err) {
            reject(err);
          } else if (!res) {
            reject(new Error("Unknown error"));
          } else {
            resolve(res);
          }
        }
        this.requestRawWithCallback(info2, data, callbackForResult);
      });
    });
  }
  /**
   * Raw request with callback.
   * @param info
   * @param data
   * @param onResult
   */
  requestRawWithCallback(info2, data, onResult) {
    if (typeof data === "string") {
      if (!info2.options.headers) {
        info2.options.headers = {};
      }
      info2.options.headers["Content-Length"] = Buffer.byteLength(data, "utf8");
    }
    let callbackCalled = false;
    function handleResult(err, res) {
      if (!callbackCalled) {
        callbackCalled = true;
        onResult(err, res);
      }
    }
    const req = info2.httpModule.request(info2.options, (msg) => {
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
      handleResult(new Error(`Request timeout: ${info2.options.path}`));
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
    const info2 = {};
    info2.parsedUrl = requestUrl;
    const usingSsl = info2.parsedUrl.protocol === "https:";
    info2.httpModule = usingSsl ? https : http;
    const defaultPort = usingSsl ? 443 : 80;
    info2.options = {};
    info2.options.host = info2.parsedUrl.hostname;
    info2.options.port = info2.parsedUrl.port ? parseInt(info2.parsedUrl.port) : defaultPort;
    info2.options.path = (info2.parsedUrl.pathname || "") + (info2.parsedUrl.search || "");
    info2.options.method = method;
    info2.options.headers = this._mergeHeaders(headers);
    if (this.userAgent != null) {
      info2.options.headers["user-agent"] = this.userAgent;
    }
    info2.options.agent = this._getAgent(info2.parsedUrl);
    if (this.handlers) {
      for (const handler of this.handlers) {
        handler.prepareRequest(info2.options);
      }
    }
    return info2;
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
        clientHeader = typeof headerValue === "number" ? headerValue.toString() : headerValue;
      }
    }
    const additionalValue = additionalHeaders[header];
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
      return new Promise((resolve) => setTimeout(() => resolve(), ms));
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
        if (statusCode === HttpCodes.NotFound) {
          resolve(response);
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
          resolve(response);
        }
      }));
    });
  }
};
var lowercaseKeys = (obj) => Object.keys(obj).reduce((c, k) => (c[k.toLowerCase()] = obj[k], c), {});

// node_modules/@actions/core/lib/core.js
var ExitCode;
(function(ExitCode2) {
  ExitCode2[ExitCode2["Success"] = 0] = "Success";
  ExitCode2[ExitCode2["Failure"] = 1] = "Failure";
})(ExitCode || (ExitCode = {}));
function exportVariable(name, val) {
  const convertedVal = toCommandValue(val);
  process.env[name] = convertedVal;
  const filePath = process.env["GITHUB_ENV"] || "";
  if (filePath) {
    return issueFileCommand("ENV", prepareKeyValueMessage(name, val));
  }
  issueCommand("set-env", { name }, convertedVal);
}
function setSecret(secret) {
  issueCommand("add-mask", {}, secret);
}
function getInput(name, options) {
  const val = process.env[`INPUT_${name.replace(/ /g, "_").toUpperCase()}`] || "";
  if (options && options.required && !val) {
    throw new Error(`Input required and not supplied: ${name}`);
  }
  if (options && options.trimWhitespace === false) {
    return val;
  }
  return val.trim();
}
function setOutput(name, value) {
  const filePath = process.env["GITHUB_OUTPUT"] || "";
  if (filePath) {
    return issueFileCommand("OUTPUT", prepareKeyValueMessage(name, value));
  }
  process.stdout.write(os3.EOL);
  issueCommand("set-output", { name }, toCommandValue(value));
}
function debug(message2) {
  issueCommand("debug", {}, message2);
}
function error(message2, properties = {}) {
  issueCommand("error", toCommandProperties(properties), message2 instanceof Error ? message2.toString() : message2);
}
function warning(message2, properties = {}) {
  issueCommand("warning", toCommandProperties(properties), message2 instanceof Error ? message2.toString() : message2);
}
function notice(message2, properties = {}) {
  issueCommand("notice", toCommandProperties(properties), message2 instanceof Error ? message2.toString() : message2);
}
function info(message2) {
  process.stdout.write(message2 + os3.EOL);
}

// src/errors.ts
var ActionError = class extends Error {
  name = "ActionError";
  code;
  remedy;
  inputs;
  file;
  status;
  possiblyProcessed;
  constructor(code, message2, { remedy, inputs = [], file, status, possiblyProcessed = false, cause }) {
    super(message2, { cause });
    this.code = code;
    this.remedy = remedy;
    this.inputs = inputs;
    this.file = file;
    this.status = status;
    this.possiblyProcessed = possiblyProcessed;
  }
};

// src/credentials/certificate.ts
var import_node_crypto2 = require("node:crypto");

// src/credentials/pem.ts
var import_node_buffer = require("node:buffer");
var INVISIBLE = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
function normalizePastedText(value) {
  const visible = value.replace(INVISIBLE, "");
  const joined = removeContinuations(visible);
  const unescaped = joined.replace(/\\{1,4}[rn]/g, "\n");
  const text2 = trimQuotesAndSpace(unescaped);
  const repairs = [
    [visible !== value, value.includes("\uFEFF") ? "with a byte-order mark" : "with invisible characters"],
    [text2 !== unescaped.trim(), "in quotes"],
    [joined !== visible, "with backslashes at line ends"],
    [unescaped !== joined, "with \\n escapes"]
  ];
  return { text: text2, repairs: repairs.filter(([needed]) => needed).map(([, words]) => words) };
}
function removeContinuations(text2) {
  const isBase64 = /^[\w+/=\\-]+$/.test(text2) && /[^\\]\\[A-Za-mo-qsv-z0-9+]/.test(text2);
  return text2.replace(isBase64 ? /\\/g : /(?<!\\)\\+(?=\s)/g, "");
}
function trimQuotesAndSpace(text2) {
  const wrapping = /[\s"'`\\\u2018\u2019\u201c\u201d]/;
  let start = 0;
  let end = text2.length;
  while (wrapping.test(text2.charAt(start))) start++;
  while (wrapping.test(text2.charAt(end - 1))) end--;
  return text2.slice(start, end);
}
function decodeBase64(text2) {
  const compact = text2.replace(/[\s\\]+/g, "");
  return /^(?!.*-----(?:BEGIN|END))[\w+/-]+=*$/.test(compact) ? import_node_buffer.Buffer.from(compact, "base64") : void 0;
}
function decodeText(file) {
  const text2 = decodeUtf16(file) ?? file.toString("utf8");
  return hasControlCharacters(text2) ? void 0 : text2;
}
function decodeUtf16(file) {
  const units = file.subarray(0, file.length - file.length % 2);
  if (units.length === 0) return void 0;
  const mark = units.readUInt16LE();
  const isZero = (offset) => units.every((byte, at) => at % 2 !== offset || byte === 0);
  if (mark === 65279 || isZero(1)) return units.toString("utf16le");
  return mark === 65534 || isZero(0) ? import_node_buffer.Buffer.from(units).swap16().toString("utf16le") : void 0;
}
function hasControlCharacters(text2) {
  return !/^[\x20-\x7e\t\n\r]*$/.test(text2) && new RegExp("[^\\P{Cc}\\t\\n\\r]|\\ufffd", "u").test(text2);
}
var PEM_BOUNDARY = /-{1,5}\s?(BEGIN|END)([A-Z0-9.#\s]{1,40})(?:-{1,5}|$)/g;
var PEM_ENCRYPTION_HEADERS = /Proc-Type:[^:]{0,40}DEK-Info:\s?([A-Z0-9-]{1,20}),\s?((?:[0-9A-F]{16}){1,2})/;
function findPemBlocks(text2) {
  const markers = [...text2.matchAll(PEM_BOUNDARY)];
  return markers.flatMap((begin, i) => {
    const [start, word, label = ""] = begin;
    if (word !== "BEGIN") return [];
    const next = markers[i + 1];
    const closed = next?.[1] === "END";
    const inside = text2.slice(begin.index + start.length, next?.index);
    const [header, cipher, iv] = PEM_ENCRYPTION_HEADERS.exec(inside) ?? [];
    const base64 = inside.replace(header ?? "", "").replace(closed ? "" : /-.*/s, "");
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
function startsWithEndLine(text2) {
  return text2.matchAll(PEM_BOUNDARY).next().value?.[1] === "END";
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

// src/credentials/key-problems.ts
var TEXT_PATTERNS = [
  [/^$/, "empty"],
  [/^[{[]/, "json"],
  [/^PuTTY-User-Key-File-/, "ppk"],
  [/-BEGIN PGP PUBLIC KEY/, "pgp-public"],
  [/(?:ssh-(?:rsa|dss|ed25519)|ecdsa-sha2-\S{1,20}|sk-\S{1,40}) AAAA/, "public-key"],
  [/^eyJ[\w-]*(?:\.[\w-]*){2,4}$/, "jwt"],
  [/^(?:\$.{1,200}|%\w+%|\*+|<[^<>]*>|[A-Z0-9]+(?:_[A-Z0-9]+)+)$/s, "placeholder"],
  [/^</, "markup"],
  [/^(?=.{1,260}$)(?:@|~[\\/]|\.{1,2}[\\/]|[a-z]:[\\/]|file:|\/[\w.-]+(?:\/[\w.-]+)+$)/is, "path"],
  [/^.{1,260}\.(?:der|key|pem|p8|pk8|p12|pfx|jks|ppk|crt|cer|csr|pub|b64|base64|txt)$/is, "path"],
  [/^(?:0x)?(?:[0-9a-f]{2}[\s:]?){16,}$/i, "hex"],
  [/^0\u201a/, "raw-bytes"],
  [/[\u2010-\u2015\u2212]\s?BEGIN/, "dashes"],
  [/^(?:export )?[A-Z][A-Z0-9_]{0,60}=[^=]/, "assignment"],
  [/^[\w+/=\s-]+%$/, "percent"]
];
function recognizeText(text2) {
  if (hasControlCharacters(text2)) return "raw-bytes";
  if (startsWithEndLine(text2)) return "end-line";
  return TEXT_PATTERNS.find(([pattern]) => pattern.test(text2))?.[1];
}
var SIGNING_KEY = {
  passphrase: "private-key-passphrase",
  baseName: "server",
  pemFile: "server.key",
  derFile: "server.der",
  certify: "Register a certificate for it."
};
var MUTUAL_TLS_KEY = {
  passphrase: "mtls-passphrase",
  baseName: "client",
  pemFile: "client.key",
  derFile: "client.key",
  certify: "Get a client certificate for it."
};
var LEGACY_PROVIDER = " -provider legacy -provider default";
function decrypt({ pemFile }, { isDer = false }, options = "") {
  const [format, file] = isDer ? ["DER", "encrypted.der"] : ["PEM", "encrypted.key"];
  return `from ${file}: \`openssl pkcs8 -topk8 -nocrypt -inform ${format} -in ${file} -out ${pemFile}${options}\``;
}
function keyInputFor(input) {
  return input === "mtls-private-key" ? MUTUAL_TLS_KEY : SIGNING_KEY;
}
function newKeyDetails(input) {
  if (input === "certificate") {
    return {
      remedy: "Create an RSA key and a certificate: `npx @org/sprinklr-token@1 keygen`. Register the certificate.",
      inputs: [input],
      // Never the key's file: the front end would tell users to store it in a public place.
      file: "server.crt"
    };
  }
  const { pemFile, certify } = keyInputFor(input);
  const remedy = `Create an RSA key: \`openssl genrsa -out ${pemFile} 2048\`. ${certify}`;
  return { remedy, inputs: [input], file: pemFile };
}
var useKeyFile = ({ pemFile }) => `Use the private key's file, ${pemFile}.`;
var copyAgain = ({ file }) => `Copy the whole file (${file}) again.`;
var createAnother = (_, { input }) => newKeyDetails(input).remedy;
function extractFromPkcs12({ baseName, pemFile }, options = "") {
  return `\`openssl pkcs12${options} -in ${baseName}.p12 -nocerts -nodes -out ${pemFile}\``;
}
var MIN_KEY_LENGTH = 32;
function unlessTooShort({ length }, problem) {
  return length < MIN_KEY_LENGTH ? "is too short to be a key" : problem;
}
var OLD_CIPHER = "an old algorithm that OpenSSL 3 no longer supports";
var KEY_PROBLEMS = {
  empty: { code: "INPUT_MISSING", problem: "is empty", remedy: () => "" },
  certificate: { problem: "is a certificate, not a private key", remedy: useKeyFile },
  "certificate-request": { problem: "is a certificate request, not a private key", remedy: useKeyFile },
  "public-key": { problem: "is a public key. Only the private key can sign", remedy: useKeyFile },
  openssh: {
    problem: "is a private key in OpenSSH format",
    remedy: ({ pemFile }) => `Convert id_rsa: \`cp id_rsa ${pemFile} && ssh-keygen -p -m PKCS8 -N "" -f ${pemFile}\`.`
  },
  ppk: {
    problem: "is a private key in PuTTY format (.ppk)",
    remedy: ({ pemFile }) => `Convert key.ppk: \`puttygen key.ppk -O private-openssh -o ${pemFile}\`.`
  },
  pgp: { code: "KEY_UNSUPPORTED", problem: "is an OpenPGP key, which cannot be used", remedy: createAnother },
  "pgp-public": { problem: "is an OpenPGP public key, not a private key", remedy: useKeyFile },
  tpm: {
    code: "KEY_UNSUPPORTED",
    problem: "is a TPM key (TSS2), which works only in its TPM",
    remedy: createAnother
  },
  pkcs12: {
    problem: "is a PKCS#12 file (.p12 or .pfx)",
    remedy: (key) => `Convert ${key.baseName}.p12: ${extractFromPkcs12(key)}.`
  },
  "legacy-pkcs12": {
    problem: "is a PKCS#12 file (.p12 or .pfx) with an old encryption algorithm",
    remedy: (key) => `Convert ${key.baseName}.p12: ${extractFromPkcs12(key, " -legacy")}.`
  },
  jks: {
    problem: "is a Java keystore (JKS)",
    remedy: (key) => `Convert ${key.baseName}.jks: \`keytool -importkeystore -srckeystore ${key.baseName}.jks -destkeystore ${key.baseName}.p12 -deststoretype PKCS12\`, then ${extractFromPkcs12(key)}.`
  },
  pkcs7: { problem: "is a PKCS#7 file, which contains certificates but no key", remedy: useKeyFile },
  dsa: {
    code: "KEY_UNSUPPORTED",
    problem: "is a DSA key, which cannot be used",
    remedy: createAnother
  },
  "other-der": {
    problem: ({ length }) => `is a DER file (${length} bytes) that is not a private key`,
    remedy: useKeyFile
  },
  damaged: {
    problem: "starts like a private key, but is damaged or of an unknown type",
    remedy: copyAgain
  },
  truncated: {
    problem: ({ length, size }) => `is truncated: it has ${length} of its ${size} bytes`,
    remedy: copyAgain
  },
  "end-missing": { problem: "is a truncated PEM file: its END line is missing", remedy: useKeyFile },
  trailing: {
    problem: ({ length, size }) => `is a private key of ${size} bytes, followed by ${length - size} extra ${length - size === 1 ? "byte" : "bytes"}`,
    remedy: copyAgain
  },
  oversized: {
    problem: ({ length }) => `is a file of ${length} bytes, too large for a private key`,
    remedy: useKeyFile
  },
  "first-line": {
    problem: "contains only the first line of a PEM file: the command that stored it reads only one line",
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
    problem: (facts) => unlessTooShort(facts, `is a PEM file, but the ${facts.length} bytes inside are not a key`),
    remedy: useKeyFile
  },
  "raw-bytes": {
    problem: "contains binary data (such as DER) that was corrupted when it was stored as text",
    remedy: ({ file }) => `Store the file (${file}) as text, in base64.`
  },
  dashes: { problem: "is a PEM file whose hyphens were replaced with dashes", remedy: useKeyFile },
  assignment: {
    problem: "starts with a name and an equals sign, like a line of an .env file",
    remedy: () => "Use only the text after the equals sign."
  },
  percent: {
    problem: "ends with %, which zsh prints after output without a line break",
    remedy: () => "Copy it without the %."
  },
  path: {
    problem: "looks like the name of a file, not its content",
    remedy: () => ""
  },
  jwt: { problem: "is a JWT, not the private key that signs it", remedy: useKeyFile },
  json: { problem: "is a JSON document (a JWK, or another service's key)", remedy: useKeyFile },
  markup: { problem: "is an XML or HTML document", remedy: useKeyFile },
  hex: { problem: "contains hexadecimal digits instead of base64", remedy: copyAgain },
  placeholder: {
    problem: "is a placeholder or the name of a variable, not its value",
    remedy: () => "Check the reference to the secret. If the secret does not exist, store the key."
  },
  "base64-unknown": {
    problem: (facts) => unlessTooShort(facts, `is base64, but the ${facts.length} decoded bytes are not a key`),
    remedy: useKeyFile
  },
  "text-unknown": {
    problem: (facts) => unlessTooShort(facts, `contains ${facts.length} characters of text that are neither base64 nor PEM`),
    remedy: useKeyFile
  },
  "passphrase-missing": {
    code: "KEY_ENCRYPTED",
    problem: (_, { passphrase }) => `is an encrypted private key, and \`${passphrase}\` is empty`,
    remedy: (key, facts) => `Set \`${key.passphrase}\`, or remove the passphrase ${decrypt(key, facts)}.`
  },
  "passphrase-wrong": {
    code: "KEY_ENCRYPTED",
    problem: (_, { passphrase }) => `is an encrypted private key that \`${passphrase}\` does not decrypt`,
    remedy: (key, facts) => `Correct \`${key.passphrase}\` (check for extra spaces and quotes), or remove the passphrase ${decrypt(key, facts)}.`
  },
  "cipher-unsupported": {
    code: "KEY_UNSUPPORTED",
    problem: `is a private key encrypted with ${OLD_CIPHER}`,
    remedy: (key, facts) => `Remove its passphrase ${decrypt(key, facts, LEGACY_PROVIDER)}.`
  },
  "cipher-unsupported-without-passphrase": {
    code: "KEY_UNSUPPORTED",
    problem: (_, { passphrase }) => `is a private key encrypted with ${OLD_CIPHER}, and \`${passphrase}\` is empty`,
    remedy: (key, facts) => `Setting the passphrase is not enough. Remove it ${decrypt(key, facts, LEGACY_PROVIDER)}. The command prompts for it.`
  }
};
function fileFor(kind, { pemFile, derFile }, isDer = false) {
  const isDamaged = kind === "damaged" || kind === "truncated" || kind === "trailing";
  return kind === "raw-bytes" || isDamaged && isDer ? derFile : pemFile;
}
function toKeyError(kind, facts) {
  const { code = "KEY_UNREADABLE", problem, remedy } = KEY_PROBLEMS[kind];
  const input = keyInputFor(facts.input);
  const key = { ...input, file: fileFor(kind, input, facts.isDer) };
  const text2 = typeof problem === "string" ? problem : problem(facts, key);
  return new ActionError(code, `\`${facts.input}\` ${text2}.`, {
    remedy: remedy(key, facts),
    inputs: [facts.input],
    file: key.file,
    cause: facts.cause
  });
}

// src/credentials/certificate-problems.ts
var DAMAGE = {
  truncated: "is truncated: its end was lost in copying",
  damaged: "is damaged: characters were changed, added, or lost in copying"
};
function signRequest({ baseName }, options = "") {
  if (baseName === "client") return void 0;
  return `openssl x509 -req -sha256 -days 365${options} -in server.csr -signkey server.key -out server.crt`;
}
function extractFromPkcs122({ baseName }, options = "") {
  const which = baseName === "server" ? "-clcerts -nokeys" : "-nokeys";
  return `Extract only the certificate: \`openssl pkcs12${options} -in ${baseName}.p12 ${which} -out ${baseName}.crt\`. If the file was stored outside a secret, create a new key pair.`;
}
var PKCS12 = "is a PKCS#12 file, which usually contains the private key";
var CERTIFICATE_PROBLEMS = {
  "certificate-request": {
    problem: "is a certificate request, not a signed certificate",
    remedy: (source, detection) => {
      const command = signRequest(source, detection?.label === void 0 ? " -inform DER" : "");
      const isReadable = detection?.label?.includes("REQUEST") !== false;
      return command && isReadable ? `Create the certificate from it: \`${command}\`.` : void 0;
    }
  },
  "public-key": {
    problem: "is a public key without a certificate",
    remedy: (source) => {
      const command = signRequest(source);
      return command && `Create the certificate: \`${command}\`.`;
    }
  },
  pkcs7: {
    problem: "is a PKCS#7 file",
    remedy: ({ baseName }, detection) => {
      const format = detection?.label === void 0 ? "DER" : "PEM";
      return `Extract the certificate: \`openssl pkcs7 -print_certs -inform ${format} -in ${baseName}.p7b -out ${baseName}.crt\`.`;
    }
  },
  pkcs12: { problem: PKCS12, remedy: (source) => extractFromPkcs122(source) },
  "legacy-pkcs12": { problem: PKCS12, remedy: (source) => extractFromPkcs122(source, " -legacy") },
  "pgp-public": { problem: "is an OpenPGP public key, not an X.509 certificate" },
  "end-line": { problem: "is truncated: its BEGIN line was lost in copying" },
  placeholder: {
    problem: "is a placeholder that was never replaced",
    remedy: () => "Check the name of the secret or variable, and how it is referenced."
  },
  path: {
    problem: "is a path or a file name, not the content of a file",
    remedy: ({ baseName }) => `Print the content with \`openssl x509 -in ${baseName}.crt\`.`
  },
  "raw-bytes": {
    problem: "contains binary data, which a text field corrupts",
    remedy: ({ baseName }) => `Convert the file to text: \`openssl base64 -A -in ${baseName}.crt\`.`
  }
};
function certificateProblemIn(text2, detections, source) {
  const [detection] = detections;
  const kind = detection?.kind ?? recognizeText(text2);
  const { problem, remedy } = (kind && CERTIFICATE_PROBLEMS[kind]) ?? {
    problem: "contains no certificate, as PEM text or as base64 of a file"
  };
  return { problem, remedy: remedy?.(source, detection) };
}
function ambiguityOf(certificates, { keyInput, baseName }, hasKey) {
  const names = certificates.slice(0, 4).map(describeCertificate);
  const others = certificates.length - names.length;
  const list = [...names, ...others > 0 ? [`${others} more`] : []].join("; ");
  const problem = (relation) => `contains ${certificates.length} certificates${relation} \`${keyInput}\`: ${list}`;
  if (hasKey) return { problem: problem(" that match"), remedy: "Keep only the certificate to use." };
  return {
    problem: problem(", and it is unclear which one matches"),
    remedy: `Set \`${keyInput}\`, or keep only the certificate that matches it. To extract it from chain.pem: \`openssl pkcs12 -export -in chain.pem -inkey ${baseName}.key -passout pass: | openssl pkcs12 -passin pass: -clcerts -nokeys -out ${baseName}.crt\`.`
  };
}
function describeCertificate(x509) {
  const expires = new Date(x509.validTo).toISOString().slice(0, 10);
  const subject = subjectOf(x509).replace(new RegExp("[\\p{C}\\p{Zl}\\p{Zp}`]", "gu"), "");
  return `${subject.slice(0, 80) || "no subject"} (expires ${expires})`;
}
function subjectOf({ subject }) {
  return (subject ?? "").replaceAll("\n", ", ");
}
function toCertificateError(source, { problem, remedy }) {
  const { input, baseName } = source;
  return new ActionError("CERTIFICATE_UNREADABLE", `\`${input}\` ${problem}.`, {
    remedy: remedy ?? expectedContent(source),
    inputs: [input],
    file: `${baseName}.crt`
  });
}
function toPrivateKeyError(source) {
  const { input, keyInput } = source;
  return new ActionError(
    "CERTIFICATE_IS_PRIVATE_KEY",
    `\`${input}\` contains a private key. A certificate is public, so this input can appear in logs.`,
    {
      remedy: `${expectedContent(source)} Store the key as a secret, and pass it as \`${keyInput}\`. If it was pasted outside a secret (a workflow file, a variable, a log), treat it as leaked: create a new key pair and register its certificate.`,
      inputs: [input]
    }
  );
}
function expectedContent({ baseName }) {
  return `Use the output of \`openssl x509 -in ${baseName}.crt\`.`;
}

// src/credentials/chain.ts
var import_node_crypto = require("node:crypto");

// src/credentials/der.ts
var import_node_buffer2 = require("node:buffer");
var DER_OUTLINES = [
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
  // https://www.hansenpartnership.com/draft-bottomley-tpm2-keys.html §3.1
  [/^06( a[0-3])* 02(=\d+)? 04/, "tpm"],
  [/^06 a0/, "pkcs7"]
  // RFC 5652 §3
];
var LEGACY_ALGORITHMS = [1, 2, 5, 6].map((last) => import_node_buffer2.Buffer.from(`060a2a864886f70d010c010${last}`, "hex"));
function identifyDer(bytes) {
  const outer = readElement(bytes, 0);
  if (outer?.tag !== "30") return void 0;
  const outline = describeOutline(bytes, outer);
  const named = DER_OUTLINES.find(([pattern]) => pattern.test(outline))?.[1] ?? "other-der";
  const isLegacy = named === "pkcs12" && LEGACY_ALGORITHMS.some((algorithm) => bytes.includes(algorithm));
  const kind = isLegacy ? "legacy-pkcs12" : named;
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

// src/credentials/chain.ts
function checkSignature(x509, issuers = []) {
  for (const { publicKey } of [x509, ...issuers]) {
    const signature = checkSignatureOf(x509, publicKey);
    if (signature !== void 0) return signature;
  }
  if (!x509.checkIssued(x509)) return "issued";
  return hasKeyIdentifiers(x509) ? "changed" : "unknown";
}
function checkSignatureOf(x509, publicKey) {
  try {
    if (x509.verify(publicKey)) return "valid";
    const { modulusLength = 0 } = publicKey.asymmetricKeyDetails ?? {};
    const signature = x509.raw.subarray(-Math.ceil(modulusLength / 8));
    const digestInfo = (0, import_node_crypto.publicDecrypt)({ key: publicKey, padding: import_node_crypto.constants.RSA_PKCS1_PADDING }, signature);
    return identifyDer(digestInfo)?.size === digestInfo.length ? "changed" : void 0;
  } catch {
    return void 0;
  }
}
function hasKeyIdentifiers({ raw }) {
  return ["0603551d23", "0603551d0e"].every((oid) => raw.includes(oid, 0, "hex"));
}
function findLeaves(certificates, privateKey) {
  if (privateKey !== void 0) return certificates.filter((x509) => x509.checkPrivateKey(privateKey));
  const issuers = new Set(certificates.flatMap((x509) => findIssuers(x509, certificates)));
  return certificates.filter((x509) => !issuers.has(x509));
}
function sortChain(leaf, certificates) {
  const chain = /* @__PURE__ */ new Set([leaf]);
  for (const x509 of chain) {
    const next = findIssuers(x509, certificates).find((issuer) => !chain.has(issuer));
    if (next) chain.add(next);
  }
  return [.../* @__PURE__ */ new Set([...chain, ...certificates])];
}
function findIssuers(x509, certificates) {
  return certificates.filter(
    (issuer) => issuer.subject === x509.issuer && !issuer.publicKey.equals(x509.publicKey) && checkSignatureOf(x509, issuer.publicKey) !== void 0
  );
}

// src/credentials/detect-certificates.ts
var NO_BYTES = Buffer.alloc(0);
var PRIVATE_KEY = { kind: "private-key", der: NO_BYTES };
var MAX_NESTING = 3;
function* detectCertificates(text2, depth = 0) {
  if (mentionsPrivateKey(text2) || hasEncodedPrivateKey(text2)) yield PRIVATE_KEY;
  const blocks = findPemBlocks(text2);
  for (const { label, body, closed } of blocks) {
    const isCertificate = label.trim().endsWith("CERTIFICATE");
    const bytes2 = decodeBase64(body);
    const detections = bytes2 ? [...detectInFile(bytes2, depth)].map((found) => ({ label, ...found })) : [];
    yield* label.includes("TRUSTED") ? detections.slice(0, 1) : detections;
    if (!closed) yield { kind: "truncated", der: NO_BYTES };
    else if (isCertificate && detections.every(({ kind }) => kind === "other-der")) {
      yield { kind: "damaged", der: NO_BYTES };
    }
  }
  if (blocks.length > 0) return;
  const bytes = decodeBase64(text2);
  if (bytes) yield* detectInFile(bytes, depth);
}
function* detectInFile(file, depth) {
  if (mentionsPrivateKey(file.toString("latin1").replaceAll("\0", ""))) yield PRIVATE_KEY;
  const text2 = identifyDer(file) ? void 0 : decodeText(file);
  if (text2 !== void 0) {
    if (depth < MAX_NESTING) yield* detectCertificates(normalizePastedText(text2).text, depth + 1);
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
var LINE_FEED = 10;
var CARRIAGE_RETURN = 13;
var PRIVATE_KINDS = [
  "pkcs8",
  "pkcs1",
  "sec1",
  "encrypted-pkcs8",
  "dsa",
  "tpm"
];
function kindOf(kind) {
  return isPrivateKind(kind) ? "private-key" : kind;
}
function isPrivateKind(kind) {
  return PRIVATE_KINDS.some((one) => one === kind);
}
function mentionsPrivateKey(text2) {
  const words = /(?:BEGIN|END)[A-Z0-9]{0,30}PRIVATEKEY|openssh-key-v1|PuTTY-User-Key-File|privateExponent:|[{,]"d":"[\w-]{20}/;
  return words.test(text2.replace(/[\s\\]+/g, ""));
}
function hasEncodedPrivateKey(text2) {
  for (const { index } of text2.matchAll(/(?<![A-Za-z0-9+/])(?:M[A-P]|LS0t|LQAt|AC0A|b3Bl)/g)) {
    const file = Buffer.from(text2.slice(index, index + 400), "base64");
    const der = identifyDer(file);
    if (der && isPrivateKind(der.kind)) return true;
    if (mentionsPrivateKey(file.toString("latin1").replaceAll("\0", ""))) return true;
  }
  return false;
}

// src/credentials/certificate.ts
var DAY_MS = 24 * 60 * 6e4;
function parseCertificate(value, input, readKey) {
  const source = { input, baseName: "server", keyInput: "private-key" };
  const certificates = parseCertificates(value, source);
  const privateKey = certificates.length > 1 ? readKey?.() : void 0;
  const leaves = findLeaves(certificates, privateKey);
  const [x509] = leaves;
  if (x509 === void 0) throw toMismatchError();
  if (leaves.length > 1)
    throw toCertificateError(source, ambiguityOf(leaves, source, privateKey !== void 0));
  const signature = checkSignature(x509, certificates);
  if (signature === "changed") throw toCertificateError(source, { problem: DAMAGE.damaged });
  return {
    pem: x509.toString(),
    fingerprint: x509.fingerprint256.replaceAll(":", "").toLowerCase(),
    subject: subjectOf(x509),
    notBefore: new Date(x509.validFrom),
    expiresAt: new Date(x509.validTo),
    hasKnownSigner: signature !== "unknown",
    x509
  };
}
function parseCertificateChain(value, input, keys) {
  const source = { input, baseName: "client", keyInput: "mtls-private-key" };
  const certificates = parseCertificates(value, source);
  const privateKey = keys?.readKey();
  const leaves = findLeaves(certificates, privateKey);
  const [leaf] = leaves;
  if (keys && privateKey && !leaf)
    throw toClientMismatchError(certificates, privateKey, keys.readSigningKey());
  if (privateKey && leaves.length > 1) throw toCertificateError(source, ambiguityOf(leaves, source, true));
  if (leaf && checkSignature(leaf, certificates) === "changed")
    throw toCertificateError(source, { problem: DAMAGE.damaged });
  const chain = leaf && leaves.length === 1 ? sortChain(leaf, certificates) : certificates;
  return chain.map((x509) => x509.toString()).join("");
}
function checkCertificate(certificate, {
  privateKey,
  certificateWarningDays: warningDays
}, { now, log }) {
  if (privateKey !== void 0) requireMatch(certificate, privateKey);
  const warnings = [checkValidity(certificate, { now: now(), warningDays }), signerWarning(certificate)];
  for (const warning2 of warnings) if (warning2 !== void 0) log.warning(warning2);
}
function signerWarning({ fingerprint, hasKnownSigner }) {
  if (hasKnownSigner) return void 0;
  return `Cannot verify the certificate's signature: a CA with the same name issued it, or it was damaged in copying. Check that \`openssl x509 -in server.crt -noout -fingerprint -sha256\` prints the same SHA-256 fingerprint, ${fingerprint}.`;
}
function requireMatch(certificate, privateKey) {
  if (certificate.x509.checkPrivateKey(privateKey)) return;
  throw toMismatchError();
}
function toMismatchError() {
  return new ActionError("CERTIFICATE_MISMATCH", "`certificate` does not match `private-key`.", {
    remedy: `Use two files that were created together: ${comparison("server")}`
  });
}
function toClientMismatchError(certificates, privateKey, signingKey) {
  const { inputs, fact } = explainClientMismatch(certificates, privateKey, signingKey);
  const message2 = `\`mtls-certificate\` does not match \`mtls-private-key\`: ${fact}.`;
  const remedy = `Use two files that were created together: ${comparison("client")}`;
  return new ActionError("CERTIFICATE_MISMATCH", message2, { remedy, inputs });
}
function explainClientMismatch(certificates, privateKey, signingKey) {
  const isWrong = (input, fact) => ({
    inputs: [input],
    fact
  });
  if (signingKey && certificates.some((x509) => x509.checkPrivateKey(signingKey)))
    return isWrong("mtls-certificate", "the certificate belongs to `private-key`");
  if (signingKey?.equals(privateKey) === true)
    return isWrong("mtls-private-key", "the key is the same as `private-key`");
  if (certificates.every(({ ca, subject, issuer }) => ca && (certificates.length > 1 || subject !== issuer)))
    return isWrong("mtls-certificate", "it contains only CA certificates, not the client's");
  const list = certificates.slice(0, 4).map(describeCertificate).join("; ");
  return {
    inputs: ["mtls-certificate", "mtls-private-key"],
    fact: `it contains another key's certificate, ${list}`
  };
}
function comparison(baseName) {
  return `\`openssl x509 -in ${baseName}.crt -noout -pubkey\` and \`openssl pkey -in ${baseName}.key -pubout\` must print the same public key.`;
}
function checkValidity(certificate, { now, warningDays }) {
  const { notBefore, expiresAt } = certificate;
  const remaining = expiresAt.getTime() - now.getTime();
  if (remaining < 0) {
    throw new ActionError(
      "CERTIFICATE_EXPIRED",
      `The certificate expired at ${expiresAt.toISOString()}, and this machine's clock says ${now.toISOString()}.`,
      {
        remedy: "If the clock is wrong, correct it. Otherwise, create a new key and certificate, and register the certificate. In a GitHub repository, `npx @org/sprinklr-token@1 setup --rotate` does this."
      }
    );
  }
  if (now < notBefore) {
    return `The certificate is not valid before ${notBefore.toISOString()}, and this machine's clock says ${now.toISOString()}. Correct the clock, or wait until then.`;
  }
  if (remaining >= warningDays * DAY_MS) return void 0;
  const days = Math.floor(remaining / DAY_MS);
  const when = days === 0 ? "in less than a day" : days === 1 ? "in one day" : `in ${days} days`;
  return `The certificate expires ${when}, at ${expiresAt.toISOString()}. Before then, create and register a new certificate.`;
}
function parseCertificates(value, source) {
  const { text: text2 } = normalizePastedText(value);
  if (text2 === "") {
    throw new ActionError("INPUT_MISSING", `\`${source.input}\` is empty.`, {
      remedy: expectedContent(source),
      inputs: [source.input]
    });
  }
  const detections = [...detectCertificates(text2)];
  if (detections.some(({ kind }) => kind === "private-key")) throw toPrivateKeyError(source);
  for (const kind of ["truncated", "damaged"]) {
    if (detections.some((find) => find.kind === kind))
      throw toCertificateError(source, { problem: DAMAGE[kind] });
  }
  const certificates = detections.filter(({ kind }) => kind === "certificate");
  if (certificates.length === 0)
    throw toCertificateError(source, certificateProblemIn(text2, detections, source));
  const parsed = certificates.map(({ der }) => {
    const x509 = parseDer(der);
    if (!x509) throw toCertificateError(source, { problem: DAMAGE.damaged });
    return x509;
  });
  return [...new Map(parsed.map((x509) => [x509.fingerprint256, x509])).values()];
}
function parseDer(der) {
  try {
    const x509 = new import_node_crypto2.X509Certificate(der);
    const dates = [x509.validFrom, x509.validTo].map((date) => Date.parse(date));
    const usable = x509.publicKey.type === "public" && !dates.some(Number.isNaN);
    return usable && x509.raw.equals(der) ? x509 : void 0;
  } catch {
    return void 0;
  }
}

// src/sprinklr/agent.ts
var import_node_http = __toESM(require("node:http"), 1);
var import_node_https = __toESM(require("node:https"), 1);
var import_node_net = require("node:net");
var ProxyError = class extends Error {
  proxy;
  status;
  /** The `Proxy-Authenticate` header (RFC 9110 §11.7.1). */
  challenge;
  constructor(proxy, details) {
    super("No tunnel through the proxy", { cause: details.cause });
    this.proxy = proxy;
    this.status = details.status;
    this.challenge = details.challenge ?? "";
  }
};
var ADDRESS_ATTEMPT_TIMEOUT_MS = 2500;
function createAgent(protocol, options) {
  const observation = { sent: false, reused: false, responded: false };
  const agent = protocol === "https:" ? new HttpsAgent(options, observation) : new HttpAgent(options, observation);
  return { agent, observation };
}
var HttpAgent = class extends import_node_http.default.Agent {
  #observation;
  constructor({ keepAlive }, observation) {
    super({ keepAlive });
    this.#observation = observation;
  }
  createConnection(options) {
    const socket = super.createConnection(connectOptions(options)) ?? void 0;
    return socket?.once("connect", () => this.#observation.sent = true);
  }
  reuseSocket(socket, request) {
    Object.assign(this.#observation, { sent: true, reused: true });
    super.reuseSocket(socket, request);
  }
};
var HttpsAgent = class extends import_node_https.default.Agent {
  #proxy;
  #observation;
  #tunnelRequest;
  constructor({ keepAlive, clientCertificate, proxy }, observation) {
    super({ keepAlive, ...clientCertificate, rejectUnauthorized: true });
    this.#proxy = proxy;
    this.#observation = observation;
  }
  createConnection(options, callback) {
    const secure = (tunnel2) => {
      const target = { ...connectOptions(options), ...tunnel2 && { socket: tunnel2 } };
      const socket = super.createConnection(target) ?? void 0;
      return socket?.once("secureConnect", () => this.#observation.sent = true);
    };
    if (this.#proxy === void 0) return secure();
    this.#tunnelRequest = openTunnel(this.#proxy, options, (error2, socket) => {
      this.#tunnelRequest = void 0;
      if (error2) callback(error2);
      else callback(null, secure(socket));
    });
    return void 0;
  }
  reuseSocket(socket, request) {
    Object.assign(this.#observation, { sent: true, reused: true });
    super.reuseSocket(socket, request);
  }
  destroy() {
    this.#tunnelRequest?.destroy();
    super.destroy();
  }
};
function connectOptions(options) {
  return {
    ...options,
    ...options.host !== void 0 && { host: withoutBrackets(options.host) },
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_TIMEOUT_MS
  };
}
function openTunnel(proxy, target, callback) {
  const authority = `${target.host ?? ""}:${target.port ?? 443}`;
  const credentials = decodeURIComponent(`${proxy.username}:${proxy.password}`);
  const isTls = proxy.protocol === "https:";
  const connection = connectOptions({ host: proxy.hostname });
  const request = (isTls ? import_node_https.default : import_node_http.default).request({
    ...connection,
    port: proxy.port || (isTls ? 443 : 80),
    // Node would use the Host header, which names the target. An IP address has no server name (RFC 6066 §3).
    ...isTls && {
      servername: (0, import_node_net.isIP)(connection.host) === 0 ? connection.host : "",
      rejectUnauthorized: true
    },
    method: "CONNECT",
    path: authority,
    agent: false,
    headers: {
      Host: authority,
      ...credentials !== ":" && {
        "Proxy-Authorization": `Basic ${Buffer.from(credentials).toString("base64")}`
      }
    }
  });
  request.once("connect", ({ statusCode: status = 0, headers }, socket) => {
    if (status >= 200 && status < 300) {
      callback(null, socket);
      return;
    }
    socket.destroy();
    const challenge = [headers["proxy-authenticate"] ?? []].flat().join(", ");
    callback(new ProxyError(proxy, { status, challenge }));
  });
  request.once("error", (cause) => {
    callback(new ProxyError(proxy, { cause }));
  });
  request.end();
  return request;
}
function withoutBrackets(host) {
  return host.replace(/^\[|\]$/g, "");
}

// src/sprinklr/read-body.ts
var MAX_RESPONSE_BYTES = 1024 * 1024;
function readBody(message2) {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.allocUnsafe(MAX_RESPONSE_BYTES);
    let length = 0;
    message2.on("data", (chunk) => {
      if (length + chunk.length > MAX_RESPONSE_BYTES) {
        message2.destroy();
        resolve({ body: "", truncated: true });
        return;
      }
      length += chunk.copy(bytes, length);
    });
    message2.on("end", () => {
      resolve({
        body: decodeText2(bytes.subarray(0, length), message2.headers["content-type"] ?? ""),
        truncated: false
      });
    });
    message2.on("error", reject);
  });
}
function decodeText2(bytes, contentType) {
  const [, named = "utf-8"] = /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType) ?? [];
  const byHeader = /utf-?16|ucs-?2|unicode/i.test(named) ? "utf-8" : named;
  for (const charset of [utf16Of(bytes) ?? byHeader, "utf-8"]) {
    try {
      return new TextDecoder(charset).decode(bytes);
    } catch {
    }
  }
  return "";
}
function utf16Of(bytes) {
  const [first = 1, second = 1] = bytes;
  if (first === 255 && second === 254 || first !== 0 && second === 0) return "utf-16le";
  if (first === 254 && second === 255 || first === 0 && second !== 0) return "utf-16be";
  return void 0;
}

// src/encodings.ts
var ESCAPED_SETS = [/[&<>]/g, /[=&<>']/g, /\\"|[+&<>'"]/g, /\\"|[+=&<>'"]/g, /\\"|[+=/&<>'"]/g];
var ESCAPES = [
  (character) => `\\u${hex(character, 4)}`,
  (character) => `\\u${hex(character, 4).toUpperCase()}`,
  (character) => `&#${character.charCodeAt(0)};`,
  (character) => `&#x${hex(character, 2)};`,
  (character) => `&#x${hex(character, 2).toUpperCase()};`
];
var NAMED_ENTITIES = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
};
function hex(character, digits) {
  return character.charCodeAt(0).toString(16).padStart(digits, "0");
}
function serialize(text2) {
  const wellFormed = Buffer.from(text2).toString();
  const urls = [encodeURIComponent(wellFormed), new URLSearchParams({ "": wellFormed }).toString().slice(1)];
  const json = JSON.stringify(text2).slice(1, -1);
  const sets = new Map(ESCAPED_SETS.map((set) => [String(json.match(set)), set])).values();
  const escaped = [...sets].flatMap(
    (set) => ESCAPES.map((escape) => json.replace(set, (found) => escape(found.slice(-1))))
  );
  return [
    ...urls,
    ...urls.map((url) => url.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase())),
    ...[json, ...escaped].flatMap((form) => [form, form.replaceAll("/", "\\/")]),
    text2.replace(/[&<>"']/g, (character) => NAMED_ENTITIES[character] ?? character),
    Buffer.from(text2).toString("base64").replace(/=+$/, "")
  ];
}
function decodeEscapes(text2) {
  return ESCAPE_DECODERS.reduce((decoded, decode3) => decode3(decoded), text2);
}
var ESCAPE_DECODERS = [
  (text2) => text2.replace(
    /\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|([nrt]|[bf])|(["'\\/]))/g,
    (_, ...[braced, unicode, byte, control, character]) => control === void 0 ? character ?? fromCode(braced ?? unicode ?? byte ?? "", 16) : " "
  ),
  (text2) => text2.replace(
    /&(?:#x([0-9a-f]{1,8})|#(\d{1,10})|([a-z][a-z0-9]{1,31})(?=;));?/gi,
    (_, ...[hexadecimal, decimal, name = ""]) => hexadecimal === void 0 && decimal === void 0 ? decodeName(name) : fromCode(hexadecimal ?? decimal ?? "", hexadecimal === void 0 ? 10 : 16)
  ),
  (text2) => text2.replace(
    /%u([0-9a-f]{4})|((?:%[0-9a-f]{2})+)/gi,
    (_, unicode, bytes) => unicode === void 0 ? decodeBytes(Buffer.from(bytes.replaceAll("%", ""), "hex")) : fromCode(unicode, 16)
  )
];
function decodeQuotedPrintable(text2) {
  return text2.replace(/=(?:\s|\\[rn])+/g, "").replace(/(?:=[0-9a-f]{2})+/gi, (bytes) => decodeBytes(Buffer.from(bytes.replaceAll("=", ""), "hex")));
}
var CODE = /%[\da-f]{2}|&#x?[\da-f]+|\\(?:[ux]\{?)?[\da-f]{1,8}|(?:u\+|0x|_x|=x?)[\da-f]{2}/gi;
var NUMBERS = /(?<!\w)(?:\d{1,8}\W+){11,}\d{1,8}(?!\w)/;
function isSpelledOut(text2) {
  return (text2.match(CODE)?.length ?? 0) >= 12 || NUMBERS.test(text2);
}
function decodeName(name) {
  const [, letter] = /^([a-z])(acute|grave|circ|uml|tilde|cedil|ring|caron|slash)$/i.exec(name) ?? [];
  return letter ?? ENTITIES[name.toLowerCase()] ?? " ";
}
var ENTITIES = {
  amp: "&",
  bsol: "\\",
  gt: ">",
  lt: "<",
  num: "#",
  percnt: "%",
  semi: ";"
};
function fromCode(code, radix) {
  const value = Number.parseInt(code, radix);
  return value <= 1114111 ? String.fromCodePoint(value) : " ";
}
function decodeBytes(bytes) {
  const text2 = bytes.toString("utf8");
  return text2.includes("\uFFFD") ? bytes.toString("latin1") : text2;
}
function decodeBase64Runs(text2) {
  const runs = text2.replace(/\s+|\\[rn]/g, "").match(/[\w+/-]{16,}/g) ?? [];
  return [0, 1, 2, 3].map(
    (offset) => runs.map((run2) => Buffer.from(run2.slice(offset), "base64").toString()).join(" ")
  );
}
function decodeHexRuns(text2) {
  const runs = text2.replace(/0x|[\s:,;-]/gi, "").match(/[0-9a-f]{16,}/gi) ?? [];
  return [0, 1].map(
    (offset) => runs.map((run2) => Buffer.from(run2.slice(offset), "hex").toString()).join(" ")
  );
}
var BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
function decodeBase32Runs(text2) {
  const runs = text2.match(/[A-Z2-7]{13,}|[a-z2-7]{13,}/g) ?? [];
  return runs.map((run2) => {
    const bits = Array.from(
      run2.toUpperCase(),
      (digit) => BASE32.indexOf(digit).toString(2).padStart(5, "0")
    );
    const bytes = bits.join("").match(/.{8}/g) ?? [];
    return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))).toString();
  }).join(" ");
}

// src/redaction.ts
var MAX_QUOTE_LENGTH = 300;
var MAX_TEXT_LENGTH = 1e4;
var MIN_FRAGMENT_LENGTH = 8;
var MIN_SECRET_LENGTH = 4;
var MIN_LEAK_LENGTH = 12;
var MAX_DECODINGS = 3;
var MAX_DECODED_LENGTH = 2e5;
var WITHHELD = "(not shown: it contains a secret)";
function createSecrets(setSecret2) {
  const masked = /* @__PURE__ */ new Set();
  const values = /* @__PURE__ */ new Set();
  return {
    mask(value) {
      if (value.length < MIN_SECRET_LENGTH || values.has(value)) return;
      values.add(value);
      for (const form of formsToMask(value)) {
        if (masked.has(form)) continue;
        masked.add(form);
        setSecret2(form);
      }
    },
    containsSecret: (text2) => [...masked].some((form) => text2.includes(form)),
    redact(text2) {
      const longestFirst = [...masked, ...values].sort((a, b) => b.length - a.length);
      return longestFirst.reduce((redacted, form) => redacted.replaceAll(form, "***"), text2);
    },
    reveals: (text2) => revealsAny(text2, values)
  };
}
function sanitize(text2, secrets) {
  const redacted = secrets.redact(text2.slice(0, MAX_TEXT_LENGTH));
  if (secrets.reveals(redacted)) return WITHHELD;
  const line2 = redacted.replace(new RegExp("[\\p{C}\\p{Z}]+", "gu"), " ").replace(/:(?=:)/g, ": ").replaceAll("##[", "# #[").trim();
  return line2.length > MAX_QUOTE_LENGTH ? `${line2.slice(0, MAX_QUOTE_LENGTH)}\u2026` : line2;
}
var PEM_BOUNDARY2 = /-----(?:BEGIN|END) [A-Z0-9 ]+-----/g;
function formsToMask(value) {
  const isOneLine = !/[\r\n]/.test(value);
  const isEscapedPem = value.includes("\\n") && value.includes("-----BEGIN ");
  const lines = value.replace(PEM_BOUNDARY2, "\n").split(/\r?\n|\\n/).map((line2) => line2.trim()).filter((line2) => line2.length >= MIN_FRAGMENT_LENGTH);
  const serialized = new Set(isOneLine && !isEscapedPem ? [value, ...lines] : lines);
  return [...isOneLine ? [value] : [], ...lines, ...[...serialized].flatMap(serialize)];
}
function revealsAny(text2, values) {
  const variants = decodings(text2);
  if (variants === void 0 || variants.some(isSpelledOut)) return true;
  const normalized = new Set(variants.map(normalize));
  const runs = new Set([...normalized].flatMap((variant) => [...windows(variant)]));
  for (const value of values) {
    if (variants.some((variant) => variant.includes(value))) return true;
    for (const form of revealingForms(value)) {
      if (form.length >= MIN_LEAK_LENGTH) {
        for (const window of windows(form)) if (runs.has(window)) return true;
      } else if (form.length >= MIN_SECRET_LENGTH) {
        for (const variant of normalized) if (variant.includes(form)) return true;
      }
    }
  }
  return false;
}
function* windows(text2) {
  for (let start = 0; start + MIN_LEAK_LENGTH <= text2.length; start++)
    yield text2.slice(start, start + MIN_LEAK_LENGTH);
}
function decodings(text2) {
  const found = /* @__PURE__ */ new Set();
  let latest = [text2];
  let length = 0;
  for (let round = 0; round <= MAX_DECODINGS; round++) {
    const added = [];
    for (const variant of latest.flatMap((one) => [
      one,
      withoutColors(one),
      withoutMarkup(withoutColors(one))
    ])) {
      if (variant.trim() === "" || found.has(variant)) continue;
      found.add(variant);
      added.push(variant);
      length += variant.length;
      if (length > MAX_DECODED_LENGTH) return void 0;
    }
    if (round < MAX_DECODINGS) latest = added.flatMap(decodeOnce);
  }
  return [...found];
}
function withoutMarkup(text2) {
  return text2.replace(new RegExp("[^\\P{C}\\r\\n]+", "gu"), "").replace(/<[^<>]*>|: /g, "");
}
function withoutColors(text2) {
  return text2.replaceAll("\0", "").replace(/\u001b\[[\d;]*m/g, "");
}
function decodeOnce(text2) {
  return [
    ...[decodeEscapes, ...ESCAPE_DECODERS, decodeQuotedPrintable, decodeBase32Runs].map(
      (decode3) => decode3(text2)
    ),
    // A host name cannot contain the line breaks of quoted-printable, only the `=` signs before them.
    text2.replaceAll("=", ""),
    ...decodeBase64Runs(text2),
    ...decodeHexRuns(text2)
  ];
}
function normalize(text2) {
  return text2.normalize("NFKD").replace(new RegExp("[^\\p{L}\\p{N}]+", "gu"), "").toLowerCase();
}
function revealingForms(value) {
  const text2 = value.replace(PEM_BOUNDARY2, "");
  const bytes = Buffer.from(text2);
  const base64 = [0, 1, 2].map((offset) => {
    const encoded2 = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    return offset === 0 ? encoded2.replace(/=+$/, "") : encoded2.slice(4, -4);
  });
  const encoded = [...base64, bytes.toString("hex"), encodeURIComponent(bytes.toString())];
  return [
    normalize(text2),
    // A shorter form could be part of an ordinary word.
    ...encoded.map(normalize).filter((form) => form.length >= MIN_FRAGMENT_LENGTH)
  ];
}

// src/sprinklr/response.ts
function describeError(response, secrets) {
  const { status, headers, body, unquotable } = response;
  if (unquotable) return WITHHELD;
  const text2 = isCompressed({ headers }) ? "" : body;
  const json = parseJson(text2);
  const message2 = isRecord(json) ? errorMessageFromJson(json) : headingFromHtml(text2) ?? (status >= 200 && status < 300 ? "" : textFromHtml(text2));
  return sanitize(message2 === "" ? String(headers["x-mashery-error-code"] ?? "") : message2, secrets);
}
function isCompressed({ headers }) {
  const encoding = headers["content-encoding"];
  return encoding !== void 0 && /\b(gzip|deflate|compress|br|zstd)\b/i.test(encoding);
}
function errorMessageFromJson(json) {
  const fault = json["fault"];
  const parts = [
    json["ErrorCode"],
    json["Error"],
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
  const text2 = body.slice(0, 1e4).replace(/<[^<>]*>/g, " ");
  return /[<>\x01-\x08\x0e-\x1a\x1c-\x1f]/.test(text2) ? "" : text2;
}
var MAX_TOKEN_LENGTH = 16 * 1024;
var MAX_TOKENS = 10;
var MIN_TOKEN_LENGTH = 8;
var MAX_NESTED_JSON = 3;
var MAX_DECODED_LENGTH2 = 2e4;
function findTokens(body) {
  const decoded = decodeEscapes(body.slice(0, MAX_DECODED_LENGTH2));
  const texts = [body, decoded, decodeEscapes(decoded)];
  const found = /* @__PURE__ */ new Set([
    ...tokensInJson(parseJson(body)),
    ...texts.flatMap((text2) => [...tokensInText(text2)])
  ]);
  const usable = [...found].filter((token2) => token2.length >= MIN_TOKEN_LENGTH);
  const tokens = usable.filter((token2) => token2.length <= MAX_TOKEN_LENGTH).slice(0, MAX_TOKENS);
  return { tokens, complete: tokens.length === usable.length };
}
function isTokenName(name) {
  return /tokens?$|^(auth|authorization)code$/.test(name.replace(/[^a-z]/gi, "").toLowerCase());
}
function* tokensInJson(json, depth = 0) {
  const pending = [json];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === "string" && depth < MAX_NESTED_JSON && /^\s*[[{"]/.test(value))
      yield* tokensInJson(parseJson(value), depth + 1);
    if (Array.isArray(value)) for (const entry of value) pending.push(entry);
    if (!isRecord(value)) continue;
    for (const [name, field] of Object.entries(value)) {
      if (typeof field === "string" && isTokenName(name)) yield field;
      else pending.push(field);
    }
  }
}
var NAMED_VALUE = /tokens?(?:\\*["']?\s*[=:>]{1,2}|\s[^<>]{1,200}>)\s*\\*["']?([^\s"'<>&,;{}]{8,})/gi;
var NEAR_NAME = /(?:tokens?|bearer)[^\w+/]{1,12}(?=[\w+/=.~-]{0,200}\d)([\w+/=.~-]{16,})/gi;
var NAMED_LITERAL = /token"\s*:\s*"((?:[^"\\]|\\[^])*)/gi;
function* tokensInText(body) {
  for (const [, literal = ""] of body.matchAll(NAMED_LITERAL)) {
    yield literal;
    yield unescapeOr(() => JSON.parse(`"${literal}"`), literal);
  }
  for (const [, value = ""] of body.matchAll(NEAR_NAME)) yield value;
  for (const { 0: match, 1: raw = "", index } of body.matchAll(NAMED_VALUE)) {
    const value = raw.replace(/\\+$/, "");
    const isProse = /^tokens?:\s/i.test(match) && !/[\w-]/.test(body.charAt(index - 1));
    if (isProse && /^[A-Z]?[a-z]+[.!?)]*$/.test(value)) continue;
    yield value;
    yield unescapeOr(() => decodeURIComponent(value), value);
    yield value.replace(/\\+\//g, "/").replace(/\\+u([0-9a-f]{4})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  }
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
function parseJson(text2) {
  if (isTooLarge(text2)) return void 0;
  try {
    return JSON.parse(text2);
  } catch {
    return void 0;
  }
}
var MAX_NESTING2 = 1e3;
var MAX_CONTAINERS = 1e5;
function isTooLarge(text2) {
  let depth = 0;
  let containers = 0;
  let inString = false;
  for (let index = 0; index < text2.length; index++) {
    const character = text2.charAt(index);
    if (character === "\\") index++;
    else if (character === '"') inString = !inString;
    else if (inString) continue;
    else if (character === "]" || character === "}") depth--;
    else if (character === "[" || character === "{") {
      depth++;
      containers++;
      if (depth > MAX_NESTING2 || containers > MAX_CONTAINERS) return true;
    }
  }
  return false;
}
function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// src/sprinklr/proxy.ts
var import_node_net2 = require("node:net");

// src/sprinklr/gateway.ts
var GATEWAYS = ["api2", "api3"];
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
function parseEnvironment(text2) {
  const name = text2.trim().replace(/^\{+\s*|\s*\}+$/g, "").toLowerCase();
  if (name === "prod" || name === "production") return "";
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
function parseBaseUrl(text2) {
  const invalid4 = (problem, hint = "") => new ActionError("INPUT_INVALID", `\`base-url\` ${problem}.`, {
    remedy: `${hint}Use an origin such as https://api2.sprinklr.com, without a path or query. Plain http works only for localhost, 127.0.0.1, or [::1].`,
    inputs: ["base-url"]
  });
  const url = URL.canParse(text2) ? new URL(text2) : void 0;
  if (url === void 0) throw invalid4("is not a URL");
  if (url.username !== "" || url.password !== "") throw invalid4("contains a username or password");
  if (url.pathname !== "/" || url.search !== "" || url.hash !== "") {
    const hint = /^\/(?!(?:api|oauth)(?:\/|$))[a-z][a-z0-9-]{0,20}(?=\/|$)/i.test(url.pathname) ? "If its path starts with the name of your environment, set `environment` to that name. " : "";
    throw invalid4("contains more than an origin", hint);
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname))
    throw invalid4("would send secrets over plain http");
  if (url.protocol !== "https:" && url.protocol !== "http:") throw invalid4("is neither https nor http");
  return url;
}

// src/sprinklr/proxy.ts
function proxyFor(url) {
  const text2 = variable("https_proxy");
  if (text2 === "" || url.protocol !== "https:" || isLoopback(url.hostname) || isExempt(url)) return void 0;
  const proxy = parseProxy(text2.includes("://") ? text2 : `http://${text2}`);
  if (proxy !== void 0) return proxy;
  throw new ActionError("NETWORK_UNREACHABLE", "https_proxy or HTTPS_PROXY is not a valid proxy URL.", {
    remedy: "Set it to a URL such as http://USER:PASSWORD@proxy.example.com:3128, without quotes or a path. Percent-encode special characters in the username and password: `\\` is %5C, `#` is %23, `/` is %2F, `?` is %3F, `@` is %40."
  });
}
function unmatchedNoProxyEntries() {
  return noProxyEntries().filter((entry) => /^[\w.:/*-]{1,100}$/.test(entry) && /\/|.\*|^\*[^.]/.test(entry));
}
function parseProxy(text2) {
  if (/[\s\\"'`]/.test(text2) || !URL.canParse(text2)) return void 0;
  const proxy = new URL(text2);
  const { protocol, hostname, pathname, search, hash, username, password } = proxy;
  const isComplete = /^https?:$/.test(protocol) && hostname !== "" && pathname === "/" && search + hash === "";
  try {
    decodeURIComponent(`${username}:${password}`);
  } catch {
    return void 0;
  }
  return isComplete && !/[?#]$/.test(text2) ? proxy : void 0;
}
function isExempt({ hostname, port }) {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return noProxyEntries().some((entry) => {
    if (entry === "*") return true;
    if (entry.includes("/")) return isInRange(host, entry);
    const [, name = entry, entryPort = ""] = /^(.*[^:]|\[.*\]):(\d+)$/.exec(entry) ?? [];
    if (entryPort !== "" && (0, import_node_net2.isIP)(entry) === 0 && entryPort !== (port || "443")) return false;
    const domain = ((0, import_node_net2.isIP)(entry) === 0 ? name : entry).replace(/^\[|\]$/g, "").replace(/^\*?\./, "");
    return host === domain || (0, import_node_net2.isIP)(host) === 0 && host.endsWith(`.${domain}`);
  });
}
function isInRange(host, range) {
  const [network = "", prefix = ""] = range.split("/");
  const [version, networkVersion] = [(0, import_node_net2.isIP)(host), (0, import_node_net2.isIP)(network)];
  if (version === 0 || version !== networkVersion || !/^\d{1,3}$/.test(prefix)) return false;
  const bits = Number(prefix);
  if (bits > (version === 4 ? 32 : 128)) return false;
  const list = new import_node_net2.BlockList();
  const family = version === 4 ? "ipv4" : "ipv6";
  list.addSubnet(network, bits, family);
  return list.check(host, family);
}
function noProxyEntries() {
  return variable("no_proxy").toLowerCase().split(/[\s,]+/).filter((entry) => entry !== "");
}
function variable(name) {
  const values = [process.env[name], process.env[name.toUpperCase()]];
  return values.find((value) => value !== void 0 && value !== "")?.trim() ?? "";
}

// src/sprinklr/network-failure.ts
var TLS_ERROR_CODES = /^(EPROTO|HOSTNAME_MISMATCH|(ERR_TLS|ERR_SSL|ERR_OSSL|CERT|CRL|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED|INVALID|PATH_LENGTH|ERROR_IN)_\w+)$/;
function toNetworkFailure(cause, url, observed) {
  const { sent, reused, responded, deadlineSeconds } = observed;
  const permanent = (code2, message3, remedy2) => ({
    error: new ActionError(code2, message3, { remedy: remedy2, cause }),
    retryable: false,
    unsent: !sent,
    stale: false
  });
  if (deadlineSeconds !== void 0) {
    const proxy2 = proxyFor(url);
    const through = proxy2 === void 0 ? "" : ` through the proxy ${proxy2.host}`;
    return permanent(
      "TIMED_OUT",
      `${url.host} did not ${responded ? "finish its response" : "respond"}${through} within \`timeout-seconds\` (${deadlineSeconds} s).`,
      proxy2 === void 0 ? "Run this again. If it persists, increase `timeout-seconds` (at most 600), or check the proxy and the firewall." : "Run this again. If it persists, check https_proxy and the firewall, or increase `timeout-seconds` (at most 600)."
    );
  }
  if (cause instanceof ProxyError) return toProxyFailure(cause, url);
  const code = errorCodeOf(cause);
  if (TLS_ERROR_CODES.test(code)) {
    return permanent(
      "TLS_FAILED",
      `TLS connection to ${url.host} failed (${code}).`,
      "If a proxy or `base-url` uses a private CA, set the environment variable NODE_EXTRA_CA_CERTS to its PEM file. If the app uses mutual TLS, check `mtls-certificate` and `mtls-private-key`. Otherwise, check `base-url`, whose server must support TLS 1.2 or later, and the machine's clock."
    );
  }
  if (code.startsWith("HPE_")) {
    return permanent(
      "RESPONSE_INVALID",
      `The response from ${url.host} is not HTTP.`,
      "Check `base-url` and the proxy."
    );
  }
  const proxy = proxyFor(url) === void 0 ? "" : " through the proxy";
  const reason = /^E[A-Z_]+$/.test(code) ? code : "connection lost";
  const [message2, remedy] = responded ? [
    `The response from ${url.host}${proxy} was cut short (${reason}).`,
    "Run this again. If it persists, check the proxy and the firewall."
  ] : [`Connection to ${url.host}${proxy} failed (${reason}).`, CHECK_CONNECTIVITY];
  const failure = permanent("NETWORK_UNREACHABLE", message2, remedy);
  return { ...failure, retryable: true, stale: reused && !responded };
}
function errorCodeOf(error2) {
  const { code, errors } = error2;
  if (typeof code === "string") return code;
  return Array.isArray(errors) && errors.length > 0 ? errorCodeOf(errors[0]) : "";
}
var CHECK_CONNECTIVITY = "Check that this machine can reach that host: DNS, firewall, the variables https_proxy and no_proxy, `base-url` if you set it, and `mtls-certificate` if the app uses mutual TLS.";
var CHECK_PROXY_CREDENTIALS = "Check the username and password in https_proxy: http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded.";
function toProxyFailure({ proxy, status, challenge, cause }, { host }) {
  const retryable = (failed) => ({ ...failed, retryable: true });
  const failure = (code2, reason2, remedy2) => ({
    error: new ActionError(
      code2,
      `Connection to ${host} through the proxy ${proxy.host} failed (${reason2}).`,
      {
        remedy: `${remedy2}${hintForNoProxy(host)}`,
        cause
      }
    ),
    retryable: false,
    unsent: true,
    stale: false
  });
  const code = errorCodeOf(cause ?? {});
  if (TLS_ERROR_CODES.test(code)) {
    return failure(
      "TLS_FAILED",
      `TLS error at the proxy itself: ${code}`,
      "Start https_proxy with https:// only if the proxy itself expects TLS. Most proxies expect http://. If its certificate is from a private CA, set NODE_EXTRA_CA_CERTS to that CA's PEM file."
    );
  }
  if (code.startsWith("HPE_")) {
    return failure(
      "NETWORK_UNREACHABLE",
      "the proxy's response is not HTTP",
      "Check the port in https_proxy. If the proxy itself expects TLS, start https_proxy with https://."
    );
  }
  if (status === void 0) {
    const reason2 = /^E[A-Z_]+$/.test(code) ? `the proxy cannot be reached: ${code}` : "the proxy cannot be reached";
    return retryable(
      failure(
        "NETWORK_UNREACHABLE",
        reason2,
        `Check the host and port in https_proxy, and that this machine can reach the proxy (DNS, firewall). If it can reach ${host} directly, add that host to no_proxy.`
      )
    );
  }
  const reason = `the proxy responded with ${status}`;
  if (status === 407 && !/\bbasic\b/i.test(challenge) && /\b(ntlm|negotiate|kerberos|digest)\b/i.test(challenge)) {
    return failure(
      "NETWORK_UNREACHABLE",
      `${reason} and offers only ${schemesIn(challenge)} authentication`,
      "A username and password in https_proxy work only with Basic authentication. Use a proxy or a rule that allows this machine with Basic or no authentication, or run a local proxy that logs in, such as cntlm."
    );
  }
  if (status === 401 || status === 407)
    return failure("NETWORK_UNREACHABLE", reason, CHECK_PROXY_CREDENTIALS);
  if (status === 403) {
    return failure(
      "NETWORK_UNREACHABLE",
      reason,
      `Allow CONNECT to ${host} in the proxy. If this machine can reach that host directly, add it to no_proxy.`
    );
  }
  const remedy = status >= 500 ? "Check that the proxy can reach that host: its DNS and firewall, and `base-url` if you set it." : CHECK_CONNECTIVITY;
  return retryable(failure("NETWORK_UNREACHABLE", reason, remedy));
}
function schemesIn(challenge) {
  const known = ["NTLM", "Negotiate", "Kerberos", "Digest"];
  return known.filter((scheme) => new RegExp(`\\b${scheme}\\b`, "i").test(challenge)).join(" and ");
}
function hintForNoProxy(host) {
  const [entry] = unmatchedNoProxyEntries();
  return entry === void 0 ? "" : ` no_proxy contains an entry that matches no host name (${entry}). To bypass the proxy, add ${host.replace(/:\d+$/, "")} to it.`;
}

// src/sprinklr/classify-response.ts
var MAX_SEARCHED_LENGTH = 1e5;
var RATE_LIMIT = /(\b|developer|account)over ?(rate|qps|queries ?per ?second)\b|\bover its throttle limit\b|\berr 403 (\w+ ){1,5}over /;
var INACTIVE_KEY = /\bdeveloper ?inactive\b|invalid ?api ?key\b|invalid ?client ?id\b|invalid ?consumer ?key\b/;
function classifyResponse(response) {
  const { status } = response;
  if (status >= 200 && status < 300) return void 0;
  if (status >= 300 && status < 400) return "REDIRECTED";
  if (status === 429) return "RATE_LIMITED";
  if (status === 400 || status === 401 || status === 403) {
    const text2 = searchableText(response);
    if (status === 403 && RATE_LIMIT.test(text2)) return "RATE_LIMITED";
    if (INACTIVE_KEY.test(text2)) return "API_KEY_INACTIVE";
  }
  return CODES[status] ?? "RESPONSE_INVALID";
}
function searchableText({ reason = "", headers, body }) {
  const values = [reason, ...Object.values(headers).flat()];
  const text2 = [...values, body.slice(0, MAX_SEARCHED_LENGTH)].join('"');
  return decodeEscapes(decodeEscapes(text2)).replace(/<[^<>]*>/g, " ").normalize("NFKC").replace(new RegExp("\\p{Cf}+", "gu"), "").toLowerCase().replace(/["{}[\],;:]+/g, "|").replace(new RegExp("[^\\p{L}\\p{N}|]+", "gu"), " ");
}
var CODES = {
  400: "CREDENTIALS_REJECTED",
  401: "CREDENTIALS_REJECTED",
  403: "PERMISSION_DENIED",
  404: "NOT_FOUND",
  421: "ENVIRONMENT_MISMATCH",
  500: "SERVER_ERROR",
  502: "SERVER_ERROR",
  503: "SERVER_ERROR",
  504: "SERVER_ERROR",
  596: "NOT_FOUND"
};

// src/sprinklr/retry-delay.ts
function retryDelaySeconds(after) {
  const requested = after.headers === void 0 ? void 0 : requestedDelaySeconds(after.headers, after.now);
  return requested === void 0 ? 2 ** (after.attempt - 1) * (1 + after.random / 2) : Math.min(requested, MAX_DELAY_SECONDS) + after.random / 4;
}
var MAX_DELAY_SECONDS = 24 * 3600;
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
function httpDate(text2) {
  const utc = text2.replace(
    /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) [A-Z][a-z]{2} [ \d]\d [\d:]{8} \d{4}$/,
    (local) => local.replace(/^.../, "$&,").concat(" GMT")
  );
  const date = new Date(/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, .+ GMT$/.test(utc) ? utc : "");
  return Number.isNaN(date.valueOf()) ? void 0 : date;
}

// src/sprinklr/http.ts
function createHttpSession(options, { log, secrets, random, now }) {
  const deadline = startDeadline(options.timeoutSeconds);
  const endsAt = process.uptime() + options.timeoutSeconds;
  const exceedsDeadline = (seconds) => seconds >= endsAt - process.uptime();
  let connections;
  return {
    async send(build, retryPolicy, remedyIfSent) {
      let previous;
      for (let attempt = 1; ; ) {
        const request = build();
        connections ??= createAgent(request.url.protocol, {
          keepAlive: options.keepAlive === true,
          clientCertificate: options.clientCertificate,
          proxy: proxyFor(request.url)
        });
        const startedAt = process.uptime();
        const { response, failure } = await attemptOnce(request, { ...connections, deadline, options });
        const { tokens, complete } = findTokens(response?.body ?? "");
        for (const token2 of tokens) secrets.mask(token2);
        const { origin, pathname } = request.url;
        log.debug(
          `${request.method} ${origin}${pathname}: ${response ? response.status : failure.error.code}`
        );
        options.observe?.({
          request,
          requestHeaders: Object.keys({ ...COMMON_HEADERS, ...request.headers }),
          response,
          failure: failure?.error.code,
          milliseconds: (process.uptime() - startedAt) * 1e3
        });
        if (failure?.stale && retryPolicy !== "if-unsent") continue;
        const shouldRetry = response ? isRetryable(response, retryPolicy) : failure.retryable && (retryPolicy === "idempotent" || retryPolicy === "if-unsent" && failure.unsent);
        const wait = shouldRetry && attempt < options.maxAttempts ? retryDelaySeconds({ attempt, random: random(), headers: response?.headers, now: now() }) : void 0;
        if (wait === void 0 || exceedsDeadline(wait)) {
          if (failure) throw withAttemptContext(failure, attempt, { retryPolicy, remedyIfSent, previous });
          return {
            ...response,
            unquotable: !complete,
            attempts: attempt,
            ...wait !== void 0 && { retryAfterExceedsDeadline: wait }
          };
        }
        const reason = response ? `Sprinklr responded with HTTP ${response.status}.` : failure.error.message;
        log.info(
          `${reason} Retrying in ${wait.toFixed(1)} s (attempt ${attempt + 1} of ${options.maxAttempts}).`
        );
        previous = { reason, remedy: failure?.error.remedy };
        await new Promise((resolve) => setTimeout(resolve, wait * 1e3));
        attempt++;
      }
    }
  };
}
function withAttemptContext({ error: error2, unsent }, attempt, {
  retryPolicy,
  remedyIfSent,
  previous
}) {
  const attempts = attempt > 1 ? ` Attempts: ${attempt}.` : "";
  const { code, cause } = error2;
  const earlier = code === "TIMED_OUT" ? previous : void 0;
  const message2 = earlier ? `${earlier.reason} In the last attempt, ${error2.message}` : error2.message;
  if (retryPolicy !== "if-unsent" || unsent)
    return new ActionError(code, `${message2}${attempts}`, { remedy: earlier?.remedy ?? error2.remedy, cause });
  const isTemporary = code === "TIMED_OUT" || code === "NETWORK_UNREACHABLE";
  const remedies = remedyIfSent === void 0 ? [error2.remedy] : [isTemporary ? "" : error2.remedy, remedyIfSent];
  return new ActionError(code, `${message2}${attempts} Sprinklr may have processed the request.`, {
    remedy: remedies.filter((text2) => text2 !== "").join(" "),
    possiblyProcessed: true,
    cause
  });
}
function isRetryable(response, retryPolicy) {
  const code = classifyResponse(response);
  return retryPolicy !== "never" && (code === "RATE_LIMITED" || code === "SERVER_ERROR" && retryPolicy === "idempotent");
}
async function attemptOnce(request, { agent, observation, deadline, options }) {
  Object.assign(observation, { sent: false, reused: false, responded: false });
  const client = new HttpClient("sprinklr-token", [handlerFor(agent)], {
    allowRedirects: false,
    // An idle timeout, longer than the deadline, so that the deadline always comes first.
    socketTimeout: options.timeoutSeconds * 2e3
  });
  const running = setTimeout(() => void 0, options.timeoutSeconds * 1e3);
  try {
    return { response: await Promise.race([exchange(client, request, observation), deadline]) };
  } catch (error2) {
    agent.destroy();
    const deadlineSeconds = error2 instanceof DeadlineExceededError ? options.timeoutSeconds : void 0;
    return { failure: toNetworkFailure(error2, request.url, { ...observation, deadlineSeconds }) };
  } finally {
    clearTimeout(running);
  }
}
var COMMON_HEADERS = { Accept: "application/json", "Accept-Encoding": "identity" };
async function exchange(client, { method, url, headers, body }, observation) {
  const { message: message2 } = await client.request(method, url.href, body, {
    ...COMMON_HEADERS,
    ...headers
  });
  observation.responded = true;
  const { statusCode: status = 0, statusMessage: reason, headers: received } = message2;
  return { status, reason, headers: received, ...await readBody(message2) };
}
function handlerFor(agent) {
  return {
    prepareRequest(options) {
      options.agent = agent;
    },
    canHandleAuthentication: () => false,
    handleAuthentication: () => Promise.reject(new Error("not used"))
  };
}
var DeadlineExceededError = class extends Error {
};
function startDeadline(seconds) {
  const deadline = new Promise((_, reject) => {
    setTimeout(reject, seconds * 1e3, new DeadlineExceededError()).unref();
  });
  deadline.catch(() => void 0);
  return deadline;
}

// src/sprinklr/app-id.ts
function parseAppId(text2) {
  const value = valueFromJson(decodeEscapes(decodeEscapes(text2))).replace(/^["'`\u2018\u201c\s]+|["'`\u2019\u201d,;\s]+$/g, "").replace(/\\+(?=[/=+])|\\+$/g, "");
  if (!/^(?!null$)[A-Za-z0-9+/_-]+={0,2}$/.test(value)) {
    throw new ActionError("INPUT_INVALID", "`app-id` is not an App ID: it is not base64.", {
      remedy: 'Use the value of "data" from the registration response. It usually starts with eyJ.',
      inputs: ["app-id"]
    });
  }
  return restorePadding(value);
}
function valueFromJson(text2) {
  return /(?:^\W*|["'])data\\*["'`]?\s*[:=]\s*\\*["'`]?([^"'`,}\s]+)/.exec(text2)?.[1] ?? text2;
}
function restorePadding(value) {
  const bare = value.replace(/=+$/, "");
  const padded = bare.padEnd(Math.ceil(bare.length / 4) * 4, "=");
  const claims = decodeAppId(padded);
  return claims?.partnerId === void 0 && claims?.registeredAt === void 0 ? value : padded;
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

// src/sprinklr/rejected-credentials.ts
var API_SECRET = {
  rule: "`api-secret` is the secret of `api-key`",
  named: /\b(client|api|app) ?secret\b/
};
var REDIRECT_URI = {
  rule: "`redirect-uri` is exactly as registered, including any trailing slash",
  named: /\b(redirect|callback) ?ur[il]\b/
};
var EXCHANGE_CHECKS = [
  API_SECRET,
  REDIRECT_URI,
  {
    rule: "`private-key` belongs to the certificate registered under `app-id`",
    named: /\b(signature|iss|issuer|app ?id)\b/
  },
  {
    rule: "`username` is an active login of this environment (a changed or expired password invalidates tokens)",
    named: /\b(user ?name|sub|subject|user is (not active|inactive|locked)|password (is |has |was )?(expired|changed))\b/
  },
  {
    rule: "`audience` is https://www.sprinklr.com/ with the trailing slash",
    named: /\b(aud|audience)\b/
  },
  {
    rule: "the certificate has not expired",
    named: /\bcertificate (is |has |was )?(expired|not (yet )?valid)\b|\bexpired certificate\b/
  },
  {
    rule: "the machine's clock is correct",
    named: /\b(exp|iat|nbf|clock)\b|\b(jwt|assertion) (is |has |was )?expired\b|\bexpired (jwt|assertion)\b/
  }
];
function exchangeRemedy(quote) {
  const named = namedIn(quote, EXCHANGE_CHECKS);
  return checkThat(named.length > 0 ? named : EXCHANGE_CHECKS);
}
function codeExchangeRemedy(quote) {
  const named = namedIn(quote, [API_SECRET, REDIRECT_URI]);
  return named.length > 0 ? `${checkThat(named)} Then get a new code from the browser consent.` : void 0;
}
function namedIn(quote, checks) {
  const text2 = searchableText({ headers: {}, body: quote });
  const named = checks.filter((check) => check.named.test(text2));
  return named.length === 0 && /\binvalid client\b/.test(text2) ? [API_SECRET] : named;
}
function checkThat(checks) {
  const rules = checks.map(({ rule }, index) => checks.length > 1 ? `(${index + 1}) ${rule}` : rule);
  return `Check${checks.length > 1 ? ", in this order," : ""} that ${rules.join("; ")}.`;
}

// src/sprinklr/response-error.ts
var DAY_SECONDS = 24 * 3600;
var MAX_HOST_LENGTH = 100;
function toResponseError(response, operation, secrets) {
  const code = classifyResponse(response) ?? "RESPONSE_INVALID";
  const quote = describeError(response, secrets);
  const attempts = response.attempts > 1 ? ` after ${response.attempts} attempts` : "";
  const { status, retryAfterExceedsDeadline: delay } = response;
  const special = specialCaseOf(response, code, operation) ?? alreadyRegistered(quote, code, operation);
  const sentences = [
    `${capitalize(operation)} failed (HTTP ${status}${attempts}): ${special?.cause ?? CAUSES[code]}.`,
    code === "REDIRECTED" ? `${redirectTarget(response, secrets)} Redirects are not followed.` : "",
    delay === void 0 ? "" : `The next attempt requires a wait of ${delay < DAY_SECONDS ? `${Math.ceil(delay)} s` : "24 hours or more"}, longer than \`timeout-seconds\` allows.`,
    quote === "" ? "The server gave no reason." : quotation(quote)
  ];
  return new ActionError(code, sentences.filter((sentence) => sentence !== "").join(" "), {
    remedy: special?.remedy ?? remedyForQuote(code, operation, quote) ?? remedyFor(code, operation),
    status,
    possiblyProcessed: special === ALREADY_REGISTERED
  });
}
function remedyForQuote(code, operation, quote) {
  if (code !== "CREDENTIALS_REJECTED") return void 0;
  if (operation === "token exchange") return exchangeRemedy(quote);
  return operation === "code exchange" ? codeExchangeRemedy(quote) : void 0;
}
function quotation(quote) {
  return quote === WITHHELD ? "The server's message is not shown, because it contains a secret." : `The server said: "${quote}".`;
}
function alreadyRegistered(quote, code, operation) {
  const isPossible = operation === "registration" && (code === "CREDENTIALS_REJECTED" || code === "RESPONSE_INVALID");
  const isNamed = /\bcertificate\b[^.]{0,40}\balready (been )?(registered|exists?)\b|\bduplicate (app )?certificate\b/i.test(
    quote
  );
  return isPossible && isNamed ? ALREADY_REGISTERED : void 0;
}
function specialCaseOf(response, code, operation) {
  const { status, headers, body } = response;
  const text2 = searchableText(response);
  if (status === 400 && text2.includes("ssl certificate"))
    return { cause: "the server requires a client certificate that it trusts", remedy: MUTUAL_TLS_REMEDY };
  if (status === 400 && text2.includes("access to resource is forbidden")) {
    return {
      cause: "Sprinklr denied permission",
      remedy: REMEDIES_BY_OPERATION[operation].PERMISSION_DENIED ?? GRANT_PERMISSION
    };
  }
  if (code === "PERMISSION_DENIED" && isForeignPage(headers, body)) {
    return {
      cause: "the response is a web page, so a proxy or firewall may have blocked the call",
      remedy: "Ask the network team whether a proxy or firewall blocks Sprinklr for this machine. If Sprinklr itself responded, " + lowercaseFirst(REMEDIES_BY_OPERATION[operation].PERMISSION_DENIED ?? GRANT_PERMISSION)
    };
  }
  return void 0;
}
function isForeignPage(headers, body) {
  const start = body.slice(0, 2e3).trimStart();
  const isPage = start.startsWith("<") && /<(!doctype html|html|head|body|title)\b/i.test(start);
  const isHtml = /\bhtml\b/i.test(headers["content-type"] ?? "") && body.trim() !== "";
  const isGateway = headers["x-mashery-error-code"] !== void 0 || /^\s*(<\?xml[^<>]*>\s*)?<h1>[^<]*<\/h1>\s*$/i.test(body);
  return (isPage || isHtml) && !isGateway;
}
function toInvalidResponseError(response, problem, { operation, secrets }) {
  const quote = describeError(response, secrets);
  const special = alreadyRegistered(quote, "RESPONSE_INVALID", operation);
  const failure = special ? `failed (HTTP ${response.status}): ${special.cause}` : `failed: the response (HTTP ${response.status}) ${problem}`;
  return new ActionError(
    "RESPONSE_INVALID",
    `${capitalize(operation)} ${failure}.${quote === "" ? "" : ` ${quotation(quote)}`}`,
    {
      remedy: special?.remedy ?? remedyFor("RESPONSE_INVALID", operation),
      possiblyProcessed: special !== void 0
    }
  );
}
var CAUSES = {
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
function remedyFor(code, operation) {
  return REMEDIES_BY_OPERATION[operation][code] ?? REMEDIES[code] ?? "";
}
var GRANT_PERMISSION = "Ask a Sprinklr admin to grant the platform permission Generate Token to the user who consented.";
var NEW_CODE = "Get a new code from the browser consent. If the consent page shows HTTP 500, `redirect-uri` does not exactly match the registered callback URL.";
var NEW_CERTIFICATE = "create a new key and certificate and register those, or ask Sprinklr support for the App ID.";
var UNKNOWN_OUTCOME = `The certificate may have been registered, so do not register it again. ${capitalize(NEW_CERTIFICATE)}`;
var ALREADY_REGISTERED = {
  cause: "the certificate is already registered",
  remedy: `Use the App ID from that registration. If you don't have it, ${NEW_CERTIFICATE}`
};
var REMEDIES_BY_OPERATION = {
  "token exchange": {
    NOT_FOUND: "Check `environment`, `gateway`, and `app-id` (from registration in this environment).",
    PERMISSION_DENIED: "Ask a Sprinklr admin to grant the platform permission Generate Token to the user in `username`."
  },
  registration: {
    CREDENTIALS_REJECTED: "The access token has expired, or a newer token for this `api-key` or a password change invalidated it. " + NEW_CODE,
    NOT_FOUND: "Check `environment` and `gateway`: `api2` and `api3` register at different addresses.",
    PERMISSION_DENIED: GRANT_PERMISSION,
    SERVER_ERROR: `The call was not retried. ${UNKNOWN_OUTCOME}`,
    RESPONSE_INVALID: `${UNKNOWN_OUTCOME} Before that, check \`gateway\`, \`environment\`, and \`base-url\`.`
  },
  "code exchange": {
    CREDENTIALS_REJECTED: `A code works once, for 10 minutes. ${NEW_CODE} If a new code is also rejected, check \`api-secret\` and \`redirect-uri\`, exactly as registered, including any trailing slash.`,
    NOT_FOUND: "Check `environment` and `gateway`.",
    PERMISSION_DENIED: GRANT_PERMISSION,
    SERVER_ERROR: `The code may have been used, so the call was not retried. ${NEW_CODE} Then run this again.`
  },
  "identity check": {
    CREDENTIALS_REJECTED: "Another job has probably requested a token with the same API key, which invalidates this token. Request one token, and share it with all jobs that need it. A password change also invalidates tokens.",
    NOT_FOUND: "Check `environment` and `gateway`.",
    PERMISSION_DENIED: "Ask a Sprinklr admin to let the user in `username` call the API, or omit `verify` and `allowed-workspace-ids`."
  }
};
var REMEDIES = {
  API_KEY_INACTIVE: "Check `api-key` for a wrong or missing character. Check that `environment` is the environment of that key.",
  ENVIRONMENT_MISMATCH: 'Set `environment` to the environment of `api-key`. To find it, search the page source of the Sprinklr UI for "sentry-environment".',
  RATE_LIMITED: "By default, Sprinklr allows 10 requests per second and 1,000 per hour for each API key. Run this later, or with fewer calls.",
  REDIRECTED: "Check `environment`, `gateway`, and `base-url`. A login page or a proxy can also redirect.",
  RESPONSE_INVALID: "Check `gateway`, `environment`, and `base-url`, and whether a proxy responds in place of Sprinklr.",
  SERVER_ERROR: "Run this again later. If it persists, contact Sprinklr support with this run's timestamp."
};
var MUTUAL_TLS_REMEDY = "Check `mtls-certificate` and `mtls-private-key`: the server requires a client certificate that has not expired, from a CA that it trusts.";
function redirectTarget({ headers: { location = "" } }, secrets) {
  if (location === "") return "It does not say where to.";
  const host = redirectHost(location, secrets);
  return `The redirect points to ${host.length > MAX_HOST_LENGTH ? `${host.slice(0, MAX_HOST_LENGTH)}\u2026` : host}.`;
}
function redirectHost(location, secrets) {
  const base = new URL("https://same.invalid");
  if (!URL.canParse(location, base.href)) return "an unreadable address";
  const { host } = new URL(location, base);
  const [authority = ""] = /(?<=^[^/]*\/\/)[^/?#]*/.exec(location) ?? [];
  if (secrets.reveals(secrets.redact(authority))) return WITHHELD;
  return host === base.host ? "the same host" : sanitize(host, secrets) || "no host";
}
function lowercaseFirst(text2) {
  return text2.charAt(0).toLowerCase() + text2.slice(1);
}
function capitalize(text2) {
  return text2.charAt(0).toUpperCase() + text2.slice(1);
}

// src/sprinklr/success-body.ts
function parseSuccessBody(response, options) {
  if (response.truncated) throw toInvalidResponseError(response, "is longer than 1 MiB", options);
  if (isCompressed(response))
    throw toInvalidResponseError(response, "is compressed, but no encoding was requested", options);
  const json = parseJson(response.body);
  if (!isRecord(json)) throw toInvalidResponseError(response, "is not the documented JSON", options);
  if (errorList(json).length > 0 || typeof json["error"] === "string" && json["error"] !== "")
    throw toInvalidResponseError(response, "reports an error", options);
  return json;
}

// src/sprinklr/registration.ts
async function registerCertificate(http3, { gateway, apiKey, accessToken, certificate }, { secrets }) {
  const operation = "registration";
  const request = {
    method: "POST",
    url: gateway.registrationEndpoint,
    headers: {
      Authorization: `Bearer ${accessToken}`,
      // The header tables name X-API-KEY, and the portal's example names Key.
      "X-API-KEY": apiKey,
      Key: apiKey,
      "Content-Type": "application/json"
    },
    body: certificate
  };
  const response = await http3.send(() => request, "if-unsent", remedyFor("SERVER_ERROR", operation));
  if (response.status < 200 || response.status >= 300) throw toResponseError(response, operation, secrets);
  const context = { operation, secrets };
  const { data } = parseSuccessBody(response, context);
  const appId = readAppId(data);
  if (appId === void 0) throw toInvalidResponseError(response, "contains no App ID", context);
  if (secrets.reveals(appId))
    throw toInvalidResponseError(response, "contains a secret in place of the App ID", context);
  return appId;
}
function readAppId(data) {
  try {
    return typeof data === "string" ? parseAppId(data) : void 0;
  } catch {
    return void 0;
  }
}

// src/sprinklr/tokens.ts
var MAX_CLOCK_SKEW_SECONDS = 30;
var MAX_CLOCK_CORRECTION_SECONDS = 24 * 3600;
async function exchangeAssertion(http3, exchange2, context) {
  const operation = "token exchange";
  const { log, secrets } = context;
  let clock = () => context.now();
  const request = () => exchangeRequest(exchange2, exchange2.sign(clock()));
  let response = await http3.send(request, "idempotent");
  const skew = response.status === 400 || response.status === 401 ? clockSkew(response, clock()) : 0;
  const isCorrectable = classifyResponse(response) === "CREDENTIALS_REJECTED";
  if (isCorrectable && Math.abs(skew) > MAX_CLOCK_CORRECTION_SECONDS)
    throw toClockError(response, skew, secrets);
  if (isCorrectable && Math.abs(skew) > MAX_CLOCK_SKEW_SECONDS) {
    log.warning(
      `This machine's clock is ${describeSkew(skew)} Sprinklr's. Retrying with Sprinklr's time. Correct the machine's clock.`
    );
    clock = () => new Date(context.now().valueOf() + skew * 1e3);
    response = await http3.send(request, "never");
  }
  if (response.status < 200 || response.status >= 300) throw toResponseError(response, operation, secrets);
  return parseTokenResponse(response, { operation, context: { ...context, now: clock } });
}
function toClockError(response, skew, secrets) {
  const { code, message: message2 } = toResponseError(response, "token exchange", secrets);
  return new ActionError(
    code,
    `${message2} This machine's clock is ${describeSkew(skew)} the server's, more than 24 hours.`,
    {
      remedy: "Correct the machine's clock, then run this again. If it is correct, check `base-url` and the proxy."
    }
  );
}
function describeSkew(skew) {
  return `${Math.abs(skew).toFixed(0)} s ${skew > 0 ? "behind" : "ahead of"}`;
}
async function exchangeCode(http3, { gateway, app, code }, context) {
  const operation = "code exchange";
  const request = {
    method: "POST",
    url: gateway.tokenEndpoint,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ ...grantParameters(app), code }).toString()
  };
  const response = await http3.send(() => request, "if-unsent", remedyFor("SERVER_ERROR", operation));
  if (response.status < 200 || response.status >= 300)
    throw toResponseError(response, operation, context.secrets);
  return parseTokenResponse(response, { operation, context });
}
function exchangeRequest({ gateway, app, appId, parametersIn }, assertion) {
  const parameters = new URLSearchParams({ ...grantParameters(app), refresh_token: assertion });
  const url = gateway.exchangeEndpoint(appId);
  if (parametersIn === "query") url.search = parameters.toString();
  return {
    method: "POST",
    url,
    headers: { key: app.apiKey, "Content-Type": "application/x-www-form-urlencoded" },
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
function parseTokenResponse(response, { operation, context: { now, secrets, log } }) {
  const context = { operation, secrets };
  const body = parseSuccessBody(response, context);
  const value = body["access_token"];
  if (typeof value !== "string" || value === "")
    throw toInvalidResponseError(response, "contains no access token", context);
  if (!/^[\x21-\x7e]{8,}$/.test(value) || value.length > MAX_TOKEN_LENGTH)
    throw toInvalidResponseError(
      response,
      "contains a token that is not one line of 8 to 16,384 printable characters",
      context
    );
  secrets.mask(value);
  const type = body["token_type"] ?? "Bearer";
  if (typeof type !== "string" || !/^(bearer(token)?)?$/i.test(type.trim()))
    throw toInvalidResponseError(response, "contains no bearer token", context);
  const expiresIn = parseLifetime(body);
  if (expiresIn === void 0) {
    if (operation === "token exchange") {
      log.warning(
        "The response does not say when the token expires, so `expires-in` and `expires-at` are empty. The token can be used."
      );
    }
    return { value, type: "Bearer" };
  }
  return { value, type: "Bearer", expiresIn, expiresAt: new Date(now().valueOf() + expiresIn * 1e3) };
}
function parseLifetime(body) {
  return [body["expires_in"], body["Expires_in"]].map(toSeconds).find((seconds) => seconds !== void 0);
}
function toSeconds(lifetime) {
  const seconds = typeof lifetime === "string" && /^\d+$/.test(lifetime.trim()) ? Number(lifetime) : lifetime;
  return typeof seconds === "number" && seconds >= 1 && seconds <= MAX_LIFETIME_SECONDS ? Math.floor(seconds) : void 0;
}
var MAX_LIFETIME_SECONDS = 100 * 365 * 24 * 3600;

// src/modes/register.ts
async function register(request, context) {
  const { certificate, gateway, apiKey } = request;
  checkCertificate(certificate, request, context);
  const http3 = createHttpSession(request.http, context);
  const accessToken = await getAccessToken(request, http3, context);
  const registration = { gateway, apiKey, accessToken, certificate: certificate.pem };
  const appId = await registerCertificate(http3, registration, context);
  return { mode: "register", appId, certificate, apiUrl: gateway.apiUrl };
}
async function getAccessToken({ grant, gateway }, http3, context) {
  if ("accessToken" in grant) return grant.accessToken;
  const { value } = await exchangeCode(http3, { gateway, app: grant.app, code: grant.code }, context);
  context.log.info("Exchanged the authorization code. Registering the certificate.");
  return value;
}

// src/credentials/private-key.ts
var import_node_crypto3 = require("node:crypto");

// src/credentials/detect-private-key.ts
var PRIVATE_KEY_KINDS = {
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
var MAX_KEY_BYTES = 10 * 1024;
function detectPrivateKey(text2, depth = 0) {
  const file = decodeBase64(text2);
  const inside = file && detectFile(file, depth);
  if (inside) return { ...inside, form: `base64 of ${inside.form}` };
  const blocks = text2.startsWith("{") ? [] : findPemBlocks(text2).map((frame) => detectPemBlock(frame, depth));
  const found = blocks.find(({ kind: kind2 }) => isPrivateKeyKind(kind2)) ?? blocks[0];
  if (found) return found;
  const kind = recognizeText(text2) ?? (file ? "base64-unknown" : "text-unknown");
  return { kind, content: file ?? text2, form: "text" };
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
  const start = file.toString("hex", 0, 14);
  const magic = MAGIC_NUMBERS.find(([pattern]) => pattern.test(start));
  if (magic) return { kind: magic[1], content: file, form: "a binary file" };
  const text2 = depth < 3 ? decodeText(file) : void 0;
  const inside = text2 === void 0 ? void 0 : detectPrivateKey(normalizePastedText(text2).text, depth + 1);
  return inside && !UNKNOWN_KINDS.has(inside.kind) ? inside : void 0;
}
var UNKNOWN_KINDS = /* @__PURE__ */ new Set(["empty", "text-unknown", "base64-unknown"]);
var MAGIC_NUMBERS = [
  [/^(?:(?:feed){2}|(?:ce){4})/, "jks"],
  [/^6f70656e7373682d6b65792d7631/, "openssh"],
  // openssh-key-v1
  // A secret or public key packet of version 4 (RFC 9580 §4.2.2), as `gpg --export` writes it.
  [/^(?:94..|95....)04/, "pgp"],
  [/^(?:98..|99....)04/, "pgp-public"]
];
var PEM_LABELS = [
  [/TSS2\s?PRIVATE/, "tpm"],
  [/PGP\s?PRIVATE/, "pgp"],
  [/PGP\s?PUBLIC/, "pgp-public"]
];
function kindBySize({ kind, size }, length) {
  if (!isPrivateKeyKind(kind) && kind !== "dsa" && kind !== "other-der") return kind;
  if (size > length) return "truncated";
  if (size < length) return "trailing";
  return length > MAX_KEY_BYTES ? "oversized" : kind;
}
function detectPemBlock({ label, body, encryptedPem, closed, isMultiline: hasLines }, depth) {
  const labeled = PEM_LABELS.find(([pattern]) => pattern.test(label))?.[1];
  if (labeled) return { kind: labeled, content: body, form: "PEM" };
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
  if (!label.includes("PRIVATE"))
    return { ...inside, form: `${inside.form} in a PEM block with another label${layout}` };
  const form = isPrivateKeyKind(inside.kind) ? `PEM (${PRIVATE_KEY_KINDS[inside.kind].name})` : "PEM";
  return { ...inside, form: form + layout };
}

// src/credentials/private-key.ts
var MAX_MODULUS_BITS = 16384;
function parsePrivateKey({ value, passphrase, input }) {
  const { kind, content, size = 0, form } = detectPrivateKey(normalizePastedText(value).text);
  const failure = (problem, cause) => toKeyError(problem, { input, length: content.length, size, isDer: form.includes("DER"), cause });
  if (!isPrivateKeyKind(kind)) throw failure(kind);
  const { encrypted, encoding } = PRIVATE_KEY_KINDS[kind];
  const isMissing = encrypted && passphrase === "";
  try {
    const key = (0, import_node_crypto3.createPrivateKey)({ key: content, passphrase: isMissing ? "-" : passphrase, ...encoding });
    if (!isMissing) return key;
  } catch (error2) {
    if (!encrypted) throw failure("damaged", error2);
    const isUnsupported = error2.code === "ERR_OSSL_EVP_UNSUPPORTED";
    if (isUnsupported)
      throw failure(isMissing ? "cipher-unsupported-without-passphrase" : "cipher-unsupported", error2);
    if (!isMissing) throw failure("passphrase-wrong", error2);
  }
  throw failure("passphrase-missing");
}
function signRs256(bytes, key) {
  let cause;
  try {
    const signature = (0, import_node_crypto3.sign)("sha256", bytes, key);
    if ((0, import_node_crypto3.verify)("sha256", bytes, (0, import_node_crypto3.createPublicKey)(key), signature)) return signature;
  } catch (error2) {
    cause = error2;
  }
  throw toKeyError("damaged", { input: "private-key", length: 0, size: 0, cause });
}
function requireRsa(key, input) {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === "rsa" && modulusLength >= 2048 && modulusLength <= MAX_MODULUS_BITS)
    return key;
  const kind = KEY_TYPE_NAMES[key.asymmetricKeyType ?? ""] ?? "a key of an unknown type";
  const detail = namedCurve ?? (modulusLength && `${modulusLength} bits`);
  const verb = input === "certificate" ? "is for" : "is";
  throw new ActionError(
    "KEY_UNSUPPORTED",
    `\`${input}\` ${verb} ${kind}${detail ? ` (${detail})` : ""}. Only RSA keys of 2048 bits or more are supported.`,
    newKeyDetails(input)
  );
}
function toPkcs8Der(key) {
  return key.export({ type: "pkcs8", format: "der" });
}
var KEY_TYPE_NAMES = {
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

// src/credentials/assertion.ts
var IAT_BACKDATING_SECONDS = 30;
function signAssertion(assertion) {
  const issuedAt = Math.floor(assertion.issuedAt.valueOf() / 1e3);
  const claims = {
    iss: assertion.issuer,
    sub: assertion.subject,
    aud: assertion.audience,
    iat: issuedAt - IAT_BACKDATING_SECONDS,
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

// src/credentials/sealed-token.ts
var import_node_crypto4 = require("node:crypto");

// node_modules/jose/dist/webapi/util/errors.js
var JOSEError = class extends Error {
  static code = "ERR_JOSE_GENERIC";
  code = "ERR_JOSE_GENERIC";
  constructor(message2, options) {
    super(message2, options), this.name = this.constructor.name, Error.captureStackTrace?.(this, this.constructor);
  }
};
var JOSEAlgNotAllowed = class extends JOSEError {
  static code = "ERR_JOSE_ALG_NOT_ALLOWED";
  code = "ERR_JOSE_ALG_NOT_ALLOWED";
};
var JOSENotSupported = class extends JOSEError {
  static code = "ERR_JOSE_NOT_SUPPORTED";
  code = "ERR_JOSE_NOT_SUPPORTED";
};
var JWEDecryptionFailed = class extends JOSEError {
  static code = "ERR_JWE_DECRYPTION_FAILED";
  code = "ERR_JWE_DECRYPTION_FAILED";
  constructor(message2 = "decryption operation failed", options) {
    super(message2, options);
  }
};
var JWEInvalid = class extends JOSEError {
  static code = "ERR_JWE_INVALID";
  code = "ERR_JWE_INVALID";
};

// node_modules/jose/dist/webapi/lib/buffer_utils.js
var encoder = new TextEncoder();
var decoder = new TextDecoder();
var strictDecoder = new TextDecoder("utf-8", { fatal: true });
var UINT32_RANGE = 2 ** 32;
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
var NON_ASCII = /[^\x00-\x7f]/;
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

// node_modules/jose/dist/webapi/util/base64url.js
var invalid = "The input to be decoded is not correctly encoded.";
function decode(input) {
  try {
    return decodeBase642(typeof input == "string" ? input : decoder.decode(input), true);
  } catch (cause) {
    throw new TypeError(invalid, { cause });
  }
}
function encode2(input) {
  return encodeBase64(typeof input == "string" ? encoder.encode(input) : input, true);
}

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
  for (const header of headers)
    if (header)
      for (const parameter of Object.keys(header)) {
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
function parseJoseHeader(encodedProtectedHeader, ErrorClass, message2) {
  let parsed;
  try {
    parsed = JSON.parse(strictDecoder.decode(decode(encodedProtectedHeader)));
  } catch (cause) {
    throw new ErrorClass(message2, { cause });
  }
  if (!isObject(parsed))
    throw new ErrorClass(message2);
  return parsed;
}
var JWE_RECOGNIZED = { __proto__: null };
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
function serializeJoseHeader(Err, header) {
  let serialized, parsed;
  try {
    serialized = JSON.stringify(header), parsed = JSON.parse(serialized);
  } catch (cause) {
    throw new Err("JOSE Header is not valid JSON", { cause });
  }
  if (!isObject(parsed))
    throw new Err("JOSE Header is not a JSON object");
  return [parsed, serialized];
}

// node_modules/jose/dist/webapi/util/decode_protected_header.js
function decodeProtectedHeader(token2) {
  let encodedProtectedHeader;
  if (typeof token2 == "string") {
    const parts = token2.split(".");
    (parts.length === 3 || parts.length === 5) && ([encodedProtectedHeader] = parts);
  } else if (typeof token2 == "object" && token2)
    if ("protected" in token2)
      encodedProtectedHeader = token2.protected;
    else
      throw new TypeError("Token does not contain a Protected Header");
  const invalid4 = "Invalid Token or Protected Header formatting";
  if (typeof encodedProtectedHeader != "string" || !encodedProtectedHeader)
    throw new TypeError(invalid4);
  return parseJoseHeader(encodedProtectedHeader, TypeError, invalid4);
}

// node_modules/jose/dist/webapi/lib/key.js
var tag = (key) => key[Symbol.toStringTag];
var jwkMatchesOp = (entry, key, usage) => {
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
  if (isObject(key)) {
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
var cache;
var nist = {
  __proto__: null,
  prime256v1: "P-256",
  secp384r1: "P-384",
  secp521r1: "P-521"
};
function assertCryptoKey(key) {
  if (!isCryptoKey(key))
    throw new Error("CryptoKey instance expected");
}
var isCryptoKey = (key) => {
  if (key?.[Symbol.toStringTag] === "CryptoKey")
    return true;
  try {
    return key instanceof CryptoKey;
  } catch {
    return false;
  }
};
var isKeyObject = (key) => key?.[Symbol.toStringTag] === "KeyObject";
var isKeyLike = (key) => isCryptoKey(key) || isKeyObject(key);
function message(msg, actual, ...types2) {
  if (types2.length > 2) {
    const last = types2.pop();
    msg += `one of type ${types2.join(", ")}, or ${last}.`;
  } else types2.length === 2 ? msg += `one of type ${types2[0]} or ${types2[1]}.` : msg += `of type ${types2[0]}.`;
  return actual == null ? msg += ` Received ${actual}` : typeof actual == "function" && actual.name ? msg += ` Received function ${actual.name}` : typeof actual == "object" && actual != null && actual.constructor?.name && (msg += ` Received an instance of ${actual.constructor.name}`), msg;
}
var invalidKeyInput = (actual, ...types2) => message("Key must be ", actual, ...types2);
function invalidKeyType(alg, actual, secret) {
  const types2 = ["CryptoKey", "KeyObject", "JSON Web Key"];
  return secret && types2.push("Uint8Array"), new TypeError(message(`Key for the ${alg} algorithm must be `, actual, ...types2));
}
var unusable = (name, prop = "algorithm.name") => new TypeError(`CryptoKey does not support this operation, its ${prop} must be ${name}`);
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

// node_modules/jose/dist/webapi/lib/content_encryption.js
var generateCek = (enc) => crypto.getRandomValues(new Uint8Array(enc.cekBits >> 3));
function checkCekLength(cek, expected) {
  const actual = cek.byteLength << 3;
  if (actual !== expected)
    throw new JWEInvalid(`Invalid Content Encryption Key length. Expected ${expected} bits, got ${actual} bits`);
}
var generateIv = (enc) => crypto.getRandomValues(new Uint8Array(enc.ivBits >> 3));
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
async function timingSafeEqual(a, b) {
  const algorithm = { name: "HMAC", hash: "SHA-256" }, key = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]), aHmac = await crypto.subtle.sign(algorithm, key, a);
  return crypto.subtle.verify(algorithm, key, aHmac, b);
}
async function cbcDecrypt(enc, cek, ciphertext, iv, tag2, aad) {
  const [encKey, macKey, keyLengthBits] = await cbcKeySetup(enc, cek, "decrypt"), al = uint64be(aad.length * 8), macData = concat(aad, iv, ciphertext, al), expectedTag = await cbcHmacTag(macKey, macData, keyLengthBits);
  try {
    if (await timingSafeEqual(tag2, expectedTag))
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
async function decrypt2(enc, cek, ciphertext, iv, tag2, aad) {
  if (!isCryptoKey(cek) && !(cek instanceof Uint8Array))
    throw new TypeError(invalidKeyInput(cek, "CryptoKey", "KeyObject", "Uint8Array", "JSON Web Key"));
  if (!iv)
    throw new JWEInvalid("JWE Initialization Vector missing");
  if (!tag2)
    throw new JWEInvalid("JWE Authentication Tag missing");
  if (!enc.cbc && tag2.length !== 16)
    throw new JWEInvalid("Invalid Authentication Tag length");
  if (checkIvLength(enc, iv), cek instanceof Uint8Array && checkCekLength(cek, enc.cekBits), enc.cbc)
    return cbcDecrypt(enc, cek, ciphertext, iv, tag2, aad);
  const encKey = await rawKey(cek, enc.subtle, "decrypt");
  try {
    return new Uint8Array(await crypto.subtle.decrypt({
      additionalData: aad,
      iv,
      name: "AES-GCM",
      tagLength: 128
    }, encKey, concat(ciphertext, tag2)));
  } catch {
    throw new JWEDecryptionFailed();
  }
}

// node_modules/jose/dist/webapi/lib/key_descriptor.js
function table(entries) {
  const out = { __proto__: null };
  for (const alg in entries)
    out[alg] = { ...entries[alg], alg };
  return out;
}

// node_modules/jose/dist/webapi/lib/jwe_algorithms.js
var wrap = [
  ["encrypt", "wrapKey"],
  ["decrypt", "unwrapKey"]
];
var derive = [[], ["deriveBits"]];
var none = [[], []];
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
var JWE = table({
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
var contentOps = ["encrypt", "decrypt"];
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
var ENC = table({
  A128GCM: contentEncryption(128),
  A192GCM: contentEncryption(192),
  A256GCM: contentEncryption(256),
  "A128CBC-HS256": contentEncryption(256, true),
  "A192CBC-HS384": contentEncryption(384, true),
  "A256CBC-HS512": contentEncryption(512, true)
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
async function aeskwUnwrap(alg, key, encryptedKey) {
  const cryptoKey = await rawKey(key, jweAlgorithm(alg).subtle, "unwrapKey", true), cryptoKeyCek = await crypto.subtle.unwrapKey("raw", encryptedKey, cryptoKey, "AES-KW", { hash: "SHA-256", name: "HMAC" }, true, ["sign"]);
  return new Uint8Array(await crypto.subtle.exportKey("raw", cryptoKeyCek));
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
function assertEncryptedKey(encryptedKey) {
  if (encryptedKey === void 0)
    throw new JWEInvalid("JWE Encrypted Key missing");
}
function assertNoEncryptedKey(encryptedKey) {
  if (encryptedKey !== void 0)
    throw new JWEInvalid("Encountered unexpected JWE Encrypted Key");
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
      if (!isObject(epk) || ["d", "k", "p", "q", "dp", "dq", "qi", "oth", "priv"].some((parameter) => Object.hasOwn(epk, parameter)))
        throw new JWEInvalid('JOSE Header "epk" (Ephemeral Public Key) missing or invalid');
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
        throw new JWEInvalid('JOSE Header "p2c" (PBES2 Count) missing or invalid');
      const p2cLimit = maxPBES2Count ?? 1e4;
      if (joseHeader.p2c > p2cLimit)
        throw new JWEInvalid('JOSE Header "p2c" (PBES2 Count) out is of acceptable bounds');
      if (typeof joseHeader.p2s != "string")
        throw new JWEInvalid('JOSE Header "p2s" (PBES2 Salt) missing or invalid');
      const p2s = decodeBase64url(joseHeader.p2s, "p2s", JWEInvalid);
      key = await deriveKey(p2s, alg, joseHeader.p2c, key);
      break;
    }
    case "AES-GCM": {
      if (typeof joseHeader.iv != "string")
        throw new JWEInvalid('JOSE Header "iv" (Initialization Vector) missing or invalid');
      if (typeof joseHeader.tag != "string")
        throw new JWEInvalid('JOSE Header "tag" (Authentication Tag) missing or invalid');
      const iv = decodeBase64url(joseHeader.iv, "iv", JWEInvalid), tag2 = decodeBase64url(joseHeader.tag, "tag", JWEInvalid);
      if (iv.byteLength !== 12)
        throw new JWEInvalid("Invalid Initialization Vector length");
      if (tag2.byteLength !== 16)
        throw new JWEInvalid("Invalid Authentication Tag length");
      return decrypt2(jweEncryption(alg.slice(0, -2)), key, encryptedKey, iv, tag2, new Uint8Array());
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
async function decompress(input, maxLength) {
  return supported("DecompressionStream"), transform(new DecompressionStream("deflate-raw"), input, maxLength);
}

// node_modules/jose/dist/webapi/lib/jwe_decrypt.js
function shareJWE(jwe) {
  const { protected: encodedProtected, ciphertext, iv, tag: tag2, aad } = jwe;
  let protectedHeader;
  return encodedProtected !== void 0 && (protectedHeader = parseJoseHeader(encodedProtected, JWEInvalid, "JWE Protected Header is invalid")), [
    protectedHeader,
    decodeBase64url(ciphertext, "ciphertext", JWEInvalid),
    iv !== void 0 ? decodeBase64url(iv, "iv", JWEInvalid) : void 0,
    tag2 !== void 0 ? decodeBase64url(tag2, "tag", JWEInvalid) : void 0,
    encodeAsciiMember((encodedProtected ?? "") + (aad !== void 0 ? `.${aad}` : ""), "aad", JWEInvalid)
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
async function decryptJWE(jwe, shared, key, token2 = shareJWE(jwe)) {
  const [protectedHeader, ciphertext, iv, tag2, additionalAuthenticatedData] = token2, { header, unprotected, aad } = jwe;
  let joseHeader;
  if (header !== void 0 || unprotected !== void 0) {
    if (!isDisjoint(protectedHeader, header, unprotected))
      throw new JWEInvalid("JWE Protected, JWE Unprotected Header, and JWE Per-Recipient Unprotected Header Parameter names must be disjoint");
    joseHeader = { ...protectedHeader, ...header, ...unprotected };
  } else
    joseHeader = protectedHeader ?? {};
  const [keyManagementAlgorithms, contentEncryptionAlgorithms, crit, maxPBES2Count, maxDecompressedLength] = shared, { encrypted_key: encodedKey } = jwe;
  validateCrit(JWEInvalid, JWE_RECOGNIZED, crit, protectedHeader, joseHeader), validateZip(joseHeader, protectedHeader);
  const { alg, enc } = joseHeader;
  if (typeof alg != "string" || !alg)
    throw new JWEInvalid("missing JWE Algorithm (alg) in JWE Header");
  const selected = JWE[alg];
  if (encodedKey === "" && (!selected || !isJWECEKTransport(selected)))
    throw new JWEInvalid("JWE Encrypted Key incorrect type");
  const integrated = selected?.mode === "integrated-encryption";
  if (!integrated && (typeof enc != "string" || !enc))
    throw new JWEInvalid("missing JWE Encryption Algorithm (enc) in JWE Header");
  if (keyManagementAlgorithms && !keyManagementAlgorithms.has(alg) || !keyManagementAlgorithms && alg.startsWith("PBES2"))
    throw new JOSEAlgNotAllowed('"alg" (Algorithm) Header Parameter value not allowed');
  let encEntry;
  if (integrated) {
    if (enc !== void 0)
      throw new JWEInvalid('JWE "enc" (Encryption Algorithm) Header Parameter must not be present for integrated encryption');
    if (iv?.byteLength)
      throw new JWEInvalid("JWE Initialization Vector must be empty for integrated encryption");
    if (tag2?.byteLength)
      throw new JWEInvalid("JWE Authentication Tag must be empty for integrated encryption");
  } else {
    if (contentEncryptionAlgorithms && !contentEncryptionAlgorithms.has(enc))
      throw new JOSEAlgNotAllowed('"enc" (Encryption Algorithm) Header Parameter value not allowed');
    encEntry = jweEncryption(enc);
  }
  let encryptedKey;
  if (encodedKey !== void 0)
    try {
      encryptedKey = decodeBase64url(encodedKey, "encrypted_key", JWEInvalid);
    } catch (error2) {
      if (!selected || !isJWECEKTransport(selected))
        throw error2;
      encryptedKey = new Uint8Array();
    }
  let resolvedKey = false;
  typeof key == "function" && (key = await key(protectedHeader, jwe), resolvedKey = true);
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
      if (err instanceof TypeError || err instanceof JWEInvalid || err instanceof JOSENotSupported)
        throw err;
      cek = generateCek(encryption);
    }
    plaintext = await decrypt2(encryption, cek, ciphertext, iv, tag2, additionalAuthenticatedData);
  }
  if (joseHeader.zip === "DEF") {
    const decompressionLimit = maxDecompressedLength ?? 25e4;
    if (decompressionLimit === 0)
      throw new JOSENotSupported('JWE "zip" (Compression Algorithm) Header Parameter is not supported.');
    plaintext = await decompress(plaintext, decompressionLimit).catch((cause) => {
      throw cause instanceof JWEInvalid || cause instanceof JOSENotSupported ? cause : new JWEInvalid("Failed to decompress plaintext", { cause });
    });
  }
  return {
    plaintext,
    ...protectedHeader && { protectedHeader },
    ...aad !== void 0 && {
      additionalAuthenticatedData: decodeBase64url(aad, "aad", JWEInvalid)
    },
    ...unprotected && { sharedUnprotectedHeader: unprotected },
    ...header && { unprotectedHeader: header },
    ...resolvedKey && { key: k }
  };
}
async function decryptCompact(jwe, shared, key) {
  if (jwe instanceof Uint8Array && (jwe = decoder.decode(jwe)), typeof jwe != "string")
    throw new JWEInvalid("Compact JWE must be a string or Uint8Array");
  const { 0: protectedHeader, 1: encryptedKey, 2: iv, 3: ciphertext, 4: tag2, length } = jwe.split(".");
  if (length !== 5)
    throw new JWEInvalid("Invalid Compact JWE");
  return decryptJWE({
    ciphertext,
    iv: iv || void 0,
    protected: protectedHeader,
    tag: tag2 || void 0,
    encrypted_key: encryptedKey || void 0
  }, shared, key);
}

// node_modules/jose/dist/webapi/jwe/compact/decrypt.js
async function compactDecrypt(jwe, key, options) {
  return decryptCompact(jwe, prepareDecrypt(options), key);
}

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

// node_modules/jose/dist/webapi/jwe/compact/encrypt.js
var CompactEncrypt = class {
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

// src/credentials/sealed-token.ts
var VERSION = 1;
var HEADER = { alg: "dir", enc: "A256GCM", typ: "sealed-token", ver: VERSION };
var SEAL_KEY_BYTES = 32;
var PADDING_BYTES = 2048;
function parseSealKey(text2) {
  const bytes = /^[0-9a-f]{64}$/i.test(text2) ? Buffer.from(text2, "hex") : decodeBase64(text2);
  if (bytes?.length === SEAL_KEY_BYTES) return bytes;
  throw new ActionError("INPUT_INVALID", "`seal-key` must be 32 random bytes, as base64 or hex.", {
    remedy: "Create one with `openssl rand -base64 32`.",
    inputs: ["seal-key"]
  });
}
async function sealToken(payload, options) {
  const text2 = Buffer.from(JSON.stringify(payload));
  const padded = Buffer.alloc(Math.ceil(text2.length / PADDING_BYTES) * PADDING_BYTES, " ");
  text2.copy(padded);
  return await new CompactEncrypt(padded).setProtectedHeader({ ...HEADER, kid: options.sealKey.kind }).encrypt(deriveKey2(options));
}
async function unsealToken(sealed, options) {
  const { alg, enc, ver, kid } = decodeHeader(sealed);
  if (alg !== HEADER.alg || enc !== HEADER.enc || ver !== VERSION) {
    throw invalid2("was sealed by another version of sprinklr-token", {
      remedy: "Use the same version of the action in the sealing job and in the jobs that unseal."
    });
  }
  const { kind } = options.sealKey;
  if (kid !== kind && (kid === "seal-key" || kid === "private-key")) {
    throw invalid2(`was sealed with \`${kid}\`, but this job uses \`${kind}\``, {
      remedy: "Pass the same key to both jobs. If `seal-key` is set, `private-key` is ignored."
    });
  }
  const { plaintext } = await compactDecrypt(sealed, deriveKey2(options), {
    keyManagementAlgorithms: [HEADER.alg],
    contentEncryptionAlgorithms: [HEADER.enc]
  }).catch((cause) => {
    throw invalid2(
      "could not be decrypted: it was sealed with a different key, in another repository or workflow run, or it was changed in transit",
      {
        remedy: `Pass this job the same \`${kind}\` as the sealing job, and a \`sealed-token\` output of this run.`,
        cause
      }
    );
  });
  const payload = parsePayload(Buffer.from(plaintext).toString());
  if (payload.expiresAt !== void 0 && payload.expiresAt <= options.now) {
    throw new ActionError(
      "SEALED_TOKEN_EXPIRED",
      `The token in \`sealed-token\` expired at ${payload.expiresAt.toISOString()}.`,
      {
        remedy: "Re-run all jobs, so that the sealing job requests a new token. Re-running only the failed jobs is not enough."
      }
    );
  }
  return payload;
}
function parsePayload(text2) {
  const { accessToken, tokenType, expiresAt, apiUrl } = parseJsonObject(text2);
  const isToken = typeof accessToken === "string" && /^[\x21-\x7e]{8,16384}$/.test(accessToken);
  const expiry = typeof expiresAt === "string" && ISO_DATE.test(expiresAt) ? new Date(expiresAt) : void 0;
  const hasExpiry = expiresAt === void 0 || expiry !== void 0 && !Number.isNaN(expiry.valueOf());
  if (!isToken || tokenType !== "Bearer" || !hasExpiry || !isApiUrl(apiUrl)) {
    throw invalid2("does not contain a valid token, expiry, and API URL", {
      remedy: "Use only a `sealed-token` output of this action. Another program with the same key sealed this value."
    });
  }
  return { accessToken, tokenType, apiUrl, ...expiry && { expiresAt: expiry } };
}
var ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/;
function parseJsonObject(text2) {
  try {
    const json = JSON.parse(text2);
    return typeof json === "object" && json !== null ? { ...json } : {};
  } catch {
    return {};
  }
}
function isApiUrl(text2) {
  if (typeof text2 !== "string" || !URL.canParse(text2)) return false;
  const { protocol, hostname, origin } = new URL(text2);
  const isLoopback2 = /^(localhost|\[::1\]|127(\.\d{1,3}){3})$/.test(hostname);
  const isAllowed = protocol === "https:" || protocol === "http:" && isLoopback2;
  return isAllowed && text2.startsWith(origin) && /^(\/[a-z][a-z0-9-]*)?$/.test(text2.slice(origin.length));
}
function deriveKey2({ sealKey, scope: { repository, runId } }) {
  const secret = sealKey.kind === "seal-key" ? sealKey.bytes : toPkcs8Der(sealKey.privateKey);
  const info2 = JSON.stringify(["sprinklr-token/sealed-token", VERSION, repository, runId]);
  return new Uint8Array((0, import_node_crypto4.hkdfSync)("sha256", secret, "", info2, 32));
}
function decodeHeader(sealed) {
  try {
    if (sealed.split(".").length !== 5) throw new TypeError("not five parts");
    return { ...decodeProtectedHeader(sealed) };
  } catch (cause) {
    throw invalid2("is not a sealed token", {
      remedy: "Pass the sealing job's `sealed-token` output through `outputs` and `needs`.",
      cause
    });
  }
}
function invalid2(problem, details) {
  return new ActionError("SEALED_TOKEN_INVALID", `\`sealed-token\` ${problem}.`, {
    ...details,
    inputs: ["sealed-token"]
  });
}

// src/sprinklr/identity.ts
async function whoAmI(http3, { gateway, apiKey, accessToken }, { secrets }) {
  const context = { operation: "identity check", secrets };
  const request = {
    method: "GET",
    url: gateway.identityEndpoint,
    headers: { Authorization: `Bearer ${accessToken}`, Key: apiKey },
    body: ""
  };
  const response = await http3.send(() => request, "idempotent");
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
  const text2 = typeof value === "string" ? sanitize(value, secrets) : "";
  return text2 === "" ? {} : { [field]: text2 };
}

// src/modes/token.ts
async function token(request, context) {
  const { certificate, gateway, app, username, seal } = request;
  if (certificate !== void 0) checkCertificate(certificate, request, context);
  if (/^https:\/\/www\.sprinklr\.com$/i.test(request.audience)) {
    context.log.warning(
      "`audience` has no trailing slash, so Sprinklr may reject the JWT. Use https://www.sprinklr.com/."
    );
  }
  const http3 = createHttpSession({ ...request.http, keepAlive: true }, context);
  const { appId, parametersIn } = request;
  const sign2 = (issuedAt) => signMasked(request, issuedAt, context);
  const accessToken = await exchangeAssertion(http3, { gateway, app, appId, parametersIn, sign: sign2 }, context);
  const identityRequest = { gateway, apiKey: app.apiKey, accessToken: accessToken.value };
  const identity = request.verify && await whoAmI(http3, identityRequest, context);
  if (identity) requireAllowedWorkspace(identity, request.verify.allowedWorkspaceIds);
  const result = {
    mode: "token",
    accessToken,
    apiUrl: gateway.apiUrl,
    username,
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
      remedy: "Check that `app-id`, `private-key`, and `username` belong to the intended tenant. Sandbox and production share the host, API key, and secret. If the workspace is the right one, add it to `allowed-workspace-ids`.",
      inputs: ["allowed-workspace-ids"]
    }
  );
}
var MAX_SEAL_ATTEMPTS = 10;
async function sealResult({ accessToken: { value, type, expiresAt }, apiUrl }, seal, { secrets }) {
  const payload = { accessToken: value, tokenType: type, expiresAt, apiUrl };
  for (let attempt = 1; attempt <= MAX_SEAL_ATTEMPTS; attempt++) {
    const sealed = await sealToken(payload, seal);
    if (!secrets.containsSecret(sealed)) return sealed;
  }
  throw new ActionError(
    "INPUT_INVALID",
    "Cannot seal the token: a secret input is so short that every sealed token contains it. GitHub would drop the output.",
    { remedy: "Use secrets of 8 characters or more." }
  );
}

// src/modes/unseal.ts
async function unseal(request, { secrets, now }) {
  const { sealKey, scope, sealedToken } = request;
  const payload = await unsealToken(sealedToken, { sealKey, scope, now: now() });
  secrets.mask(payload.accessToken);
  const { accessToken: value, tokenType: type, expiresAt, apiUrl } = payload;
  if (expiresAt === void 0) return { mode: "unseal", accessToken: { value, type }, apiUrl };
  const expiresIn = Math.floor((expiresAt.valueOf() - now().valueOf()) / 1e3);
  return { mode: "unseal", accessToken: { value, type, expiresIn, expiresAt }, apiUrl };
}

// src/request/placeholders.ts
var PLACEHOLDERS = [
  [/^\$\{\{.*\}\}$|^\{\{.*\}\}$/s, "is an expression that was not evaluated"],
  [/^(secrets|vars)\.\w+$/, "is the name of a secret or variable, not its value. Wrap it in `${{ \u2026 }}`"],
  [/^\$([A-Z_][A-Z0-9_]*|\{[A-Z_][A-Z0-9_]*\})$/, "is the name of a shell variable, not its value"],
  [/^(null|undefined|None)$/, "is what a script or template writes for a missing value"]
];
var EXEMPT = "strategy-job-total";
function rejectPlaceholder(name, read) {
  if (name === EXEMPT) return;
  const text2 = read(name).trim();
  const problem = PLACEHOLDERS.find(([pattern]) => pattern.test(text2))?.[1];
  if (problem === void 0) return;
  throw new ActionError("INPUT_INVALID", `\`${name}\` ${problem}.`, { remedy: "", inputs: [name] });
}

// src/sprinklr/authorization-code.ts
function parseAuthorizationCode(pasted) {
  const text2 = pasted.replace(/^["'`]|["'`]$/g, "").replace(/^.*[?&]code=(?=https?:\/\/)/s, "");
  if (!/(^|[?&])(code|error)=/.test(text2)) {
    return requireCode(decode2(/^\/|:\/\/|[\s?&]/.test(text2) ? "" : text2));
  }
  const query = new URLSearchParams(
    text2.slice(text2.indexOf("?") + 1).replace(/#.*$/, "").replaceAll("+", "%2B")
  );
  const error2 = query.get("error");
  if (error2 !== null) {
    throw new ActionError(
      "INPUT_INVALID",
      `\`authorization-code\` is the URL of a consent that ${error2 === "access_denied" ? "was denied" : "failed"}.`,
      {
        remedy: "Open the consent page again, allow the app, and copy the URL that the browser is redirected to.",
        inputs: ["authorization-code"]
      }
    );
  }
  return requireCode(query.get("code") ?? "");
}
function decode2(text2) {
  try {
    return decodeURIComponent(text2);
  } catch {
    return text2;
  }
}
function requireCode(code) {
  if (/^[\x21-\x7e]+$/.test(code)) return code;
  throw new ActionError("INPUT_INVALID", "`authorization-code` contains no code.", {
    remedy: "Copy the full URL that the browser was redirected to after the consent, or the value after code= in it.",
    inputs: ["authorization-code"]
  });
}

// src/request/parsers.ts
function optional(parse) {
  return (text2, options) => text2 === "" ? void 0 : parse(text2, options);
}
var line = (text2, options) => {
  requireNoQuotes(text2, options);
  if (!/^[\x20-\x7e]+$/.test(text2) && !new RegExp("^[^\\p{C}\\p{Zl}\\p{Zp}]+$", "u").test(text2))
    throw invalid3(options, "must be one line without control characters");
  return text2;
};
var asciiWord = (text2, options) => {
  requireNoQuotes(text2, options);
  if (!/^[\x21-\x7e]+$/.test(text2))
    throw invalid3(options, "must contain only printable ASCII characters, without spaces or line breaks");
  return text2;
};
var urlText = (text2, options) => {
  line(text2, options);
  if (!URL.canParse(text2)) throw invalid3(options, "must be a URL such as https://www.example.com/callback");
  return text2;
};
function choice(...choices) {
  return (text2, options) => {
    const found = choices.find((candidate) => candidate === text2.toLowerCase());
    if (found === void 0)
      throw invalid3(options, `must be ${choices.map((name) => `\`${name}\``).join(" or ")}`);
    return found;
  };
}
var trueOrFalse = choice("true", "false");
var flag = (text2, options) => trueOrFalse(text2, options) === "true";
function integer(minimum, maximum) {
  return (text2, options) => {
    const value = /^\d+$/.test(text2) ? Number(text2) : NaN;
    if (!(value >= minimum && value <= maximum))
      throw invalid3(options, `must be a whole number from ${minimum} to ${maximum}`);
    return value;
  };
}
var idList = (text2, options) => {
  const ids = text2.split(/[\s,]+/).filter((id) => id !== "");
  if (!ids.every((id) => /^\d+$/.test(id)))
    throw invalid3(options, "must be numeric IDs, separated by commas or line breaks");
  return ids;
};
function requireNoQuotes(text2, options) {
  if (/^["'`\u2018\u201c].*["'`\u2019\u201d]$/s.test(text2))
    throw invalid3(options, "must not be wrapped in quotes. They would be sent as part of the value");
}
function invalid3({ name }, rule) {
  return new ActionError("INPUT_INVALID", `\`${name}\` ${rule}.`, { remedy: "", inputs: [name] });
}

// src/request/schema.ts
var MODES = ["token", "register", "unseal"];
var BOTH = ["action", "cli"];
var ACTION = ["action"];
var text = (value) => value;
var PASSPHRASES = {
  "private-key": "private-key-passphrase",
  "mtls-private-key": "mtls-passphrase"
};
function keyReader(input, read) {
  return () => {
    try {
      return parsePrivateKey({ value: read(input), passphrase: read(PASSPHRASES[input]).trim(), input });
    } catch (error2) {
      if (error2 instanceof ActionError) return void 0;
      throw error2;
    }
  };
}
var INPUTS = {
  mode: {
    description: "`token` requests an access token. `register` uploads the certificate once and outputs the App ID. `unseal` decrypts a token that another job of the same run sealed.",
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
    parse: (value, { name, read }) => requireRsa(
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
    description: "Login username of the Sprinklr user that the token acts as (`sub`).",
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
    description: "Sprinklr environment of your tenant, such as `prod2`. Leave it empty or use `prod` for the default production environment.",
    group: "Sprinklr endpoint",
    frontEnds: BOTH,
    parse: parseEnvironment
  },
  gateway: {
    description: "`api2` (the endpoints in Sprinklr's guide) or `api3` (the newer endpoints in the developer portal).",
    group: "Sprinklr endpoint",
    default: "api2",
    frontEnds: BOTH,
    parse: choice(...GATEWAYS)
  },
  "base-url": {
    description: "Origin to use instead of the gateway's, for a simulator or a regional host. Must be `https`, or `http` on a loopback address.",
    group: "Sprinklr endpoint",
    frontEnds: BOTH,
    parse: optional(parseBaseUrl)
  },
  certificate: {
    description: "X.509 certificate: PEM text, or base64 of PEM or DER. `register` uploads it. In `token`, it is optional: the action checks that it matches the private key and has not expired.",
    group: "Registration",
    frontEnds: BOTH,
    requiredIn: ["register"],
    parse: optional((value, { name, read }) => {
      const certificate = parseCertificate(value, name, keyReader("private-key", read));
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
    description: "Dedicated key for sealing and unsealing (32 random bytes, base64 or hex), so that jobs that unseal don't need the private key. If empty, the key is derived from `private-key`.",
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
    description: "Time limit for all network activity, including waits, 5 to 600.",
    group: "Network",
    default: "60",
    frontEnds: BOTH,
    parse: integer(5, 600)
  },
  "mtls-certificate": {
    description: "Client certificate for an app that uses mutual TLS: PEM text, or base64 of PEM.",
    group: "Network",
    frontEnds: BOTH,
    parse: optional(
      (value, { name, read }) => parseCertificateChain(value, name, {
        readKey: keyReader("mtls-private-key", read),
        readSigningKey: keyReader("private-key", read)
      })
    )
  },
  "mtls-private-key": {
    description: "Private key of the client certificate: PEM text, or base64 of PEM.",
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
    description: "Set by the runner, so that the action can warn about a matrix whose jobs invalidate each other's tokens. Don't set it.",
    group: "Output",
    default: "${{ strategy.job-total }}",
    frontEnds: ACTION,
    // Some runners leave the expression unevaluated, which then counts as 1.
    parse: (value) => /^\d{1,9}$/.test(value) ? Number(value) : 1
  }
};
var INPUT_NAMES = Object.keys(INPUTS);
function definitionOf(name) {
  return INPUTS[name];
}

// src/request/parse.ts
function inputText(name, read) {
  return read(name).trim() || (definitionOf(name).default ?? "");
}
function parseInput(name, read) {
  rejectPlaceholder(name, read);
  return INPUTS[name].parse(inputText(name, read), { name, read });
}
function parseRequest(read, options) {
  checkBeforeParsing(read, options.secrets);
  return REQUEST_PARSERS[parseInput("mode", read)](read, options);
}
function parseTokenRequest(read, options) {
  checkBeforeParsing(read, options.secrets);
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
function parseRegistration(read, { secrets }) {
  checkBeforeParsing(read, secrets);
  requireInputsOf("register", read);
  const privateKey = isSet("private-key", read) ? maskKey(parseInput("private-key", read), secrets) : void 0;
  const certificate = parsePublicInput("certificate", read, secrets);
  if (certificate === void 0) throw missing(["certificate"]);
  return {
    mode: "register",
    certificate,
    certificateWarningDays: parseInput("certificate-warning-days", read),
    privateKey,
    apiKey: parseInput("api-key", read),
    gateway: parseGateway(read),
    http: parseHttpOptions(read, secrets)
  };
}
function parseRegisterRequest(read, options) {
  return { ...parseRegistration(read, options), grant: parseGrant(read, options.secrets) };
}
function parseUnsealRequest(read, options) {
  requireInputsOf("unseal", read);
  return {
    mode: "unseal",
    sealedToken: parseInput("sealed-token", read),
    ...parseSealing(read, options)
  };
}
var REQUEST_PARSERS = {
  token: parseTokenRequest,
  register: parseRegisterRequest,
  unseal: parseUnsealRequest
};
function parseGateway(read) {
  return createGateway({
    gateway: parseInput("gateway", read),
    environment: parseInput("environment", read),
    baseUrl: parseInput("base-url", read)
  });
}
function parseDeveloperApp(read) {
  requireInputs(read, ["api-secret", "redirect-uri"]);
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
      remedy: "Set the one that the sealing job uses.",
      inputs: ["seal-key", "private-key"]
    });
  }
  const sealKey = bytes === void 0 ? { kind: "private-key", privateKey: maskKey(parseInput("private-key", read), secrets) } : { kind: "seal-key", bytes };
  return { sealKey, scope: sealScope() };
}
function parseGrant(read, secrets) {
  const hasToken = isSet("access-token", read);
  if (hasToken === isSet("authorization-code", read)) {
    throw new ActionError(
      hasToken ? "INPUT_INVALID" : "INPUT_MISSING",
      `\`access-token\` and \`authorization-code\` are both ${hasToken ? "set" : "empty"}.`,
      {
        remedy: "Set exactly one: the code from the browser consent (simplest, valid for 10 minutes), or an access token from the authorization code grant.",
        inputs: ["authorization-code"]
      }
    );
  }
  if (hasToken) return { accessToken: parseInput("access-token", read) };
  const app = parseDeveloperApp(read);
  const code = parseInput("authorization-code", read);
  secrets.mask(code);
  return { code, app };
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
  if (key === void 0) throw missing(names);
  maskKey(key, secrets);
  const cert = parsePublicInput("mtls-certificate", read, secrets);
  if (cert === void 0) throw missing(names);
  return { cert, key: key.export({ format: "pem", type: "pkcs8" }).toString() };
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
function requireTlsVerification() {
  if (process.env["NODE_TLS_REJECT_UNAUTHORIZED"] !== "0") return;
  throw new ActionError(
    "TLS_FAILED",
    "NODE_TLS_REJECT_UNAUTHORIZED=0 turns off TLS certificate verification.",
    {
      remedy: "Unset it. For a private CA, set NODE_EXTRA_CA_CERTS to its PEM file instead."
    }
  );
}
function isSet(name, read) {
  return inputText(name, read) !== "";
}
function checkBeforeParsing(read, secrets) {
  maskSecretInputs(read, secrets);
  requireTlsVerification();
  for (const name of INPUT_NAMES) rejectPlaceholder(name, read);
}
function maskSecretInputs(read, secrets) {
  for (const name of INPUT_NAMES) {
    const value = read(name).trim();
    if (definitionOf(name).secret === true || value.includes("PRIVATE KEY")) secrets.mask(value);
  }
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
  } catch (error2) {
    if (error2 instanceof ActionError && error2.code === "CERTIFICATE_IS_PRIVATE_KEY")
      secrets.mask(read(name).trim());
    throw error2;
  }
}

// src/action/advice.ts
function adviceFor({ code, remedy, inputs, file }) {
  const names = inputs.filter((name2) => Object.hasOwn(INPUTS, name2)).filter((name2) => name2 !== "authorization-code");
  const [name] = names;
  if (name === void 0) return "";
  if (code === "INPUT_MISSING") return adviceForMissing(names);
  if (file !== void 0) return `${remedy === "" ? "Run" : "Then run"} ${storeCommand(name, file)}.`;
  if (code !== "INPUT_INVALID") return "";
  return definitionOf(name).secret ? `Store the secret for \`${name}\` again, without extra characters: ${storeCommand(name)}.` : `Correct \`${name}\` in the step's \`with:\` block, or the variable that it reads.`;
}
function adviceForMissing(names) {
  if (names.includes("sealed-token")) {
    return "The sealing job must list `sealed-token` under `outputs`, and this job must list the sealing job under `needs`. If both do, check the sealing job's log for a warning: GitHub drops an output that contains a masked value.";
  }
  const commands = names.map((name) => storeCommand(name));
  return `A missing secret or variable evaluates to an empty string. Check its name, that this repository has access to it, and that the job names its \`environment\`. A called workflow needs \`secrets: inherit\`. Runs from forks get no secrets, and Dependabot runs get only Dependabot secrets. If a value was never stored, run ${commands.join("; ")}.`;
}
function storeCommand(name, file) {
  const stored = `SPRINKLR_${name.toUpperCase().replaceAll("-", "_")}`;
  const set = `gh ${definitionOf(name).secret ? "secret" : "variable"} set ${stored}`;
  if (name === "private-key") return `\`openssl base64 -A -in ${file ?? "server.der"} | ${set}\``;
  const source = file ?? FILES[name];
  return source === void 0 ? `\`${set}\`` : `\`${set} < ${source}\``;
}
var FILES = {
  certificate: "server.crt",
  "mtls-certificate": "client.crt",
  "mtls-private-key": "client.key"
};
function documentationLink({ code }) {
  const { GITHUB_SERVER_URL, GITHUB_ACTION_REPOSITORY = "", GITHUB_ACTION_REF = "" } = process.env;
  const known = GITHUB_SERVER_URL === "https://github.com" && /^[\w.-]+\/[\w.-]+$/.test(GITHUB_ACTION_REPOSITORY) && /^[\w./-]+$/.test(GITHUB_ACTION_REF);
  if (!known) return "";
  const page = `${GITHUB_SERVER_URL}/${GITHUB_ACTION_REPOSITORY}/blob/${GITHUB_ACTION_REF}/docs/troubleshooting.md`;
  return `More: ${page}#${code.toLowerCase()}`;
}

// src/action/outputs.ts
var import_node_fs = require("node:fs");
function requireRunnerFiles() {
  const unusable2 = ["GITHUB_OUTPUT", "GITHUB_ENV"].filter((name) => !isWritable(process.env[name] ?? ""));
  if (unusable2.length === 0) return;
  const isMissing = unusable2.every((name) => !process.env[name]);
  const [verb, noun] = unusable2.length === 1 ? ["is", "a writable file"] : ["are", "writable files"];
  throw new ActionError(
    isMissing ? "INPUT_MISSING" : "INPUT_INVALID",
    `${unusable2.join(" and ")} ${verb} not ${isMissing ? "set" : noun}.`,
    {
      remedy: "Run the action in a GitHub Actions workflow, with `uses:`. To try it on your computer, run `npx @org/sprinklr-token@1 demo`."
    }
  );
}
function isWritable(path) {
  try {
    (0, import_node_fs.accessSync)(path, import_node_fs.constants.W_OK);
    return (0, import_node_fs.statSync)(path).isFile();
  } catch {
    return false;
  }
}
function setTokenOutputs(result, options) {
  const { accessToken, apiUrl } = result;
  const { certificate, identity, sealedToken } = result.mode === "token" ? result : {};
  const expiresAt = accessToken.expiresAt?.toISOString() ?? "";
  setOutput("access-token", accessToken.value);
  setOutput("token-type", accessToken.type);
  setOutput("expires-in", accessToken.expiresIn ?? "");
  setOutput("expires-at", expiresAt);
  setOutput("api-url", apiUrl);
  if (sealedToken !== void 0) setOutput("sealed-token", sealedToken);
  if (identity !== void 0) {
    setOutput("user-id", identity.userId);
    setOutput("workspace-id", identity.workspaceId);
    setOutput("customer-id", identity.customerId);
  }
  if (certificate !== void 0) setCertificateOutputs(certificate);
  if (options.exportEnv) {
    exportVariable("SPRINKLR_ACCESS_TOKEN", accessToken.value);
    if (options.apiKey !== "") exportVariable("SPRINKLR_API_KEY", options.apiKey);
    exportVariable("SPRINKLR_API_URL", apiUrl);
  }
  const subject = result.mode === "token" ? `for ${result.username.replaceAll("##[", "# #[")} at` : "from another job of this run, for";
  info(
    `Sprinklr access token ${subject} ${apiUrl}. ${expiresAt === "" ? "Its expiry is unknown" : `Expires at ${expiresAt}`}.`
  );
  info("Sprinklr keeps one live token per API key: the next token for this key invalidates this one.");
  if (options.jobSummary) {
    writeSummary("Sprinklr access token", [
      result.mode === "token" ? ["User", result.username] : ["Requested by", "another job of this run"],
      ["API URL", apiUrl],
      ["Expires at", `${expiresAt || "unknown"}, or when the next token is requested with this API key`],
      ...identity === void 0 ? [] : identityRows(identity),
      ...certificate === void 0 ? [] : certificateRows(certificate)
    ]);
  }
}
function setRegistrationOutputs({ appId, certificate, apiUrl }, { jobSummary }) {
  setOutput("app-id", appId);
  setOutput("api-url", apiUrl);
  setCertificateOutputs(certificate);
  const repository = process.env["GITHUB_REPOSITORY"] ?? "OWNER/REPO";
  const forRepository = `gh variable set SPRINKLR_APP_ID --repo ${repository} --body '${appId}'`;
  const forEnvironment = `gh variable set SPRINKLR_APP_ID --repo ${repository} --env ENVIRONMENT --body '${appId}'`;
  info(`Registered the certificate with SHA-256 fingerprint ${certificate.fingerprint}.`);
  info(`App ID: ${appId}`);
  info("Store it as a variable, in the repository or in one of its environments:");
  info(`  ${forRepository}`);
  info(`  ${forEnvironment}`);
  if (jobSummary) {
    writeSummary(
      "Sprinklr App ID",
      [["App ID", appId], ["API URL", apiUrl], ...certificateRows(certificate)],
      `Store it, in the repository or in one of its environments:

\`\`\`sh
${forRepository}
${forEnvironment}
\`\`\``
    );
  }
}
function setCertificateOutputs({ fingerprint, expiresAt }) {
  setOutput("certificate-fingerprint", fingerprint);
  setOutput("certificate-expires-at", expiresAt.toISOString());
}
function identityRows({ userId, workspaceId, customerId }) {
  return [
    ["User ID", userId],
    ["Workspace ID", workspaceId],
    ["Customer ID", customerId]
  ];
}
function certificateRows({ fingerprint, expiresAt }) {
  return [
    ["Certificate", `SHA-256 ${fingerprint}`],
    ["Certificate expires", expiresAt.toISOString()]
  ];
}
function writeSummary(title, rows, after = "") {
  const table2 = rows.map(([name, value]) => `| ${name} | ${escapeCell(value)} |`);
  try {
    (0, import_node_fs.appendFileSync)(
      process.env["GITHUB_STEP_SUMMARY"] ?? "",
      [`### ${title}`, "", "| | |", "|---|---|", ...table2, "", after, ""].join("\n")
    );
  } catch {
    debug("Could not write the job summary.");
  }
}
function escapeCell(value) {
  return value.replace(/[\\`*_{}[\]<>()#+!|&~]/g, (character) => `&#${character.charCodeAt(0)};`);
}

// src/action/workflow-run.ts
function workflowRun() {
  const { GITHUB_REPOSITORY_ID = "", GITHUB_REPOSITORY = "", GITHUB_RUN_ID: runId = "" } = process.env;
  const repository = GITHUB_REPOSITORY_ID === "" ? GITHUB_REPOSITORY : GITHUB_REPOSITORY_ID;
  if (repository !== "" && runId !== "") return { repository, runId };
  throw new ActionError(
    "INPUT_MISSING",
    "Sealing and unsealing need a workflow run, but GITHUB_REPOSITORY or GITHUB_RUN_ID is not set.",
    { remedy: "Run the action in a workflow, with `uses:`." }
  );
}
function matrixNotice(jobTotal) {
  if (jobTotal <= 1) return void 0;
  return `This is one of ${jobTotal} jobs in a matrix. If each job requests a token with the same API key, each new token invalidates the previous one. Request one token, seal it, and unseal it in each job. See docs/parallel-jobs.md.`;
}

// src/action/run.ts
async function run() {
  try {
    const context = createContext();
    requireRunnerFiles();
    const request = parseRequest(getInput, { secrets: context.secrets, sealScope: workflowRun });
    const options = {
      exportEnv: parseInput("export-env", getInput),
      jobSummary: parseInput("job-summary", getInput),
      apiKey: getInput("api-key")
    };
    switch (request.mode) {
      case "token": {
        const notice2 = request.seal ? void 0 : matrixNotice(parseInput("strategy-job-total", getInput));
        if (notice2 !== void 0) notice(notice2);
        setTokenOutputs(await token(request, context), options);
        break;
      }
      case "register":
        setRegistrationOutputs(await register(request, context), options);
        break;
      case "unseal":
        setTokenOutputs(await unseal(request, context), options);
        break;
    }
    process.exitCode = 0;
  } catch (error2) {
    fail(error2);
  }
}
function createContext() {
  const secrets = createSecrets(setSecret);
  return {
    log: {
      debug,
      info,
      notice: (line2) => {
        notice(line2);
      },
      warning: (line2) => {
        warning(line2);
      }
    },
    secrets: { ...secrets, mask: inOneWrite(secrets.mask) },
    now: () => /* @__PURE__ */ new Date(),
    random: Math.random,
    randomUUID: import_node_crypto5.randomUUID
  };
}
function inOneWrite(mask) {
  return (value) => {
    process.stdout.cork();
    try {
      mask(value);
    } finally {
      process.stdout.uncork();
    }
  };
}
function fail(thrown) {
  process.exitCode = 1;
  const error2 = thrown instanceof ActionError ? thrown : toInternalError(thrown);
  for (let cause = error2.cause; cause !== void 0; cause = import_node_util.types.isNativeError(cause) ? cause.cause : void 0)
    debug(`Caused by ${describeCause(cause)}`);
  const texts = [error2.message, error2.remedy, adviceFor(error2), documentationLink(error2)];
  error(texts.filter((text2) => text2 !== "").join(" "), { title: error2.code });
  try {
    if (process.env["GITHUB_OUTPUT"]) setOutput("error-code", error2.code);
  } catch {
    debug("Could not write the output error-code.");
  }
}
function toInternalError(cause) {
  return new ActionError("INTERNAL", "Unexpected internal error.", {
    remedy: "Re-run the job with debug logging, and open an issue with this step's log.",
    cause
  });
}
function describeCause(cause) {
  if (!import_node_util.types.isNativeError(cause)) return typeof cause;
  const { code } = cause;
  const { stack = "", message: message2 } = cause;
  const messageAt = stack.indexOf(message2);
  const trace = messageAt === -1 ? "" : stack.slice(messageAt + message2.length);
  const frames = trace.split("\n").filter((line2) => /^ {4}at /.test(line2));
  return [[cause.name, code].filter((text2) => text2 !== void 0).join(" "), ...frames].join("\n");
}

// src/index.ts
process.noDeprecation = true;
process.exitCode = 1;
void run().finally(() => {
  process.stdout.write("", () => process.exit());
});
