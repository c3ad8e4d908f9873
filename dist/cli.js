#!/usr/bin/env node
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

// node_modules/commander/lib/error.js
var require_error = __commonJS({
  "node_modules/commander/lib/error.js"(exports2) {
    var CommanderError2 = class extends Error {
      /**
       * Constructs the CommanderError class
       * @param {number} exitCode suggested exit code which could be used with process.exit
       * @param {string} code an id string representing the error
       * @param {string} message human-readable description of the error
       */
      constructor(exitCode, code2, message2) {
        super(message2);
        Error.captureStackTrace(this, this.constructor);
        this.name = this.constructor.name;
        this.code = code2;
        this.exitCode = exitCode;
        this.nestedError = void 0;
      }
    };
    var InvalidArgumentError2 = class extends CommanderError2 {
      /**
       * Constructs the InvalidArgumentError class
       * @param {string} [message] explanation of why argument is invalid
       */
      constructor(message2) {
        super(1, "commander.invalidArgument", message2);
        Error.captureStackTrace(this, this.constructor);
        this.name = this.constructor.name;
      }
    };
    exports2.CommanderError = CommanderError2;
    exports2.InvalidArgumentError = InvalidArgumentError2;
  }
});

// node_modules/commander/lib/argument.js
var require_argument = __commonJS({
  "node_modules/commander/lib/argument.js"(exports2) {
    var { InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var Argument2 = class {
      /**
       * Initialize a new command argument with the given name and description.
       * The default is that the argument is required, and you can explicitly
       * indicate this with <> around the name. Put [] around the name for an optional argument.
       *
       * @param {string} name
       * @param {string} [description]
       */
      constructor(name, description) {
        this.description = description || "";
        this.variadic = false;
        this.parseArg = void 0;
        this.defaultValue = void 0;
        this.defaultValueDescription = void 0;
        this.argChoices = void 0;
        switch (name[0]) {
          case "<":
            this.required = true;
            this._name = name.slice(1, -1);
            break;
          case "[":
            this.required = false;
            this._name = name.slice(1, -1);
            break;
          default:
            this.required = true;
            this._name = name;
            break;
        }
        if (this._name.endsWith("...")) {
          this.variadic = true;
          this._name = this._name.slice(0, -3);
        }
      }
      /**
       * Return argument name.
       *
       * @return {string}
       */
      name() {
        return this._name;
      }
      /**
       * @package
       */
      _collectValue(value, previous) {
        if (previous === this.defaultValue || !Array.isArray(previous)) {
          return [value];
        }
        previous.push(value);
        return previous;
      }
      /**
       * Set the default value, and optionally supply the description to be displayed in the help.
       *
       * @param {*} value
       * @param {string} [description]
       * @return {Argument}
       */
      default(value, description) {
        this.defaultValue = value;
        this.defaultValueDescription = description;
        return this;
      }
      /**
       * Set the custom handler for processing CLI command arguments into argument values.
       *
       * @param {Function} [fn]
       * @return {Argument}
       */
      argParser(fn) {
        this.parseArg = fn;
        return this;
      }
      /**
       * Only allow argument value to be one of choices.
       *
       * @param {string[]} values
       * @return {Argument}
       */
      choices(values) {
        this.argChoices = values.slice();
        this.parseArg = (arg, previous) => {
          if (!this.argChoices.includes(arg)) {
            throw new InvalidArgumentError2(
              `Allowed choices are ${this.argChoices.join(", ")}.`
            );
          }
          if (this.variadic) {
            return this._collectValue(arg, previous);
          }
          return arg;
        };
        return this;
      }
      /**
       * Make argument required.
       *
       * @returns {Argument}
       */
      argRequired() {
        this.required = true;
        return this;
      }
      /**
       * Make argument optional.
       *
       * @returns {Argument}
       */
      argOptional() {
        this.required = false;
        return this;
      }
    };
    function humanReadableArgName(arg) {
      const nameOutput = arg.name() + (arg.variadic === true ? "..." : "");
      return arg.required ? "<" + nameOutput + ">" : "[" + nameOutput + "]";
    }
    exports2.Argument = Argument2;
    exports2.humanReadableArgName = humanReadableArgName;
  }
});

// node_modules/commander/lib/help.js
var require_help = __commonJS({
  "node_modules/commander/lib/help.js"(exports2) {
    var { humanReadableArgName } = require_argument();
    var Help2 = class {
      constructor() {
        this.helpWidth = void 0;
        this.minWidthToWrap = 40;
        this.sortSubcommands = false;
        this.sortOptions = false;
        this.showGlobalOptions = false;
      }
      /**
       * prepareContext is called by Commander after applying overrides from `Command.configureHelp()`
       * and just before calling `formatHelp()`.
       *
       * Commander just uses the helpWidth and the rest is provided for optional use by more complex subclasses.
       *
       * @param {{ error?: boolean, helpWidth?: number, outputHasColors?: boolean }} contextOptions
       */
      prepareContext(contextOptions) {
        this.helpWidth = this.helpWidth ?? contextOptions.helpWidth ?? 80;
      }
      /**
       * Get an array of the visible subcommands. Includes a placeholder for the implicit help command, if there is one.
       *
       * @param {Command} cmd
       * @returns {Command[]}
       */
      visibleCommands(cmd) {
        const visibleCommands = cmd.commands.filter((cmd2) => !cmd2._hidden);
        const helpCommand = cmd._getHelpCommand();
        if (helpCommand && !helpCommand._hidden) {
          visibleCommands.push(helpCommand);
        }
        if (this.sortSubcommands) {
          visibleCommands.sort((a2, b) => {
            return a2.name().localeCompare(b.name());
          });
        }
        return visibleCommands;
      }
      /**
       * Compare options for sort.
       *
       * @param {Option} a
       * @param {Option} b
       * @returns {number}
       */
      compareOptions(a2, b) {
        const getSortKey = (option) => {
          return option.short ? option.short.replace(/^-/, "") : option.long.replace(/^--/, "");
        };
        return getSortKey(a2).localeCompare(getSortKey(b));
      }
      /**
       * Get an array of the visible options. Includes a placeholder for the implicit help option, if there is one.
       *
       * @param {Command} cmd
       * @returns {Option[]}
       */
      visibleOptions(cmd) {
        const visibleOptions = cmd.options.filter((option) => !option.hidden);
        const helpOption = cmd._getHelpOption();
        if (helpOption && !helpOption.hidden) {
          const removeShort = helpOption.short && cmd._findOption(helpOption.short);
          const removeLong = helpOption.long && cmd._findOption(helpOption.long);
          if (!removeShort && !removeLong) {
            visibleOptions.push(helpOption);
          } else if (helpOption.long && !removeLong) {
            visibleOptions.push(
              cmd.createOption(helpOption.long, helpOption.description)
            );
          } else if (helpOption.short && !removeShort) {
            visibleOptions.push(
              cmd.createOption(helpOption.short, helpOption.description)
            );
          }
        }
        if (this.sortOptions) {
          visibleOptions.sort(this.compareOptions);
        }
        return visibleOptions;
      }
      /**
       * Get an array of the visible global options. (Not including help.)
       *
       * @param {Command} cmd
       * @returns {Option[]}
       */
      visibleGlobalOptions(cmd) {
        if (!this.showGlobalOptions) return [];
        const globalOptions = [];
        for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
          const visibleOptions = ancestorCmd.options.filter(
            (option) => !option.hidden
          );
          globalOptions.push(...visibleOptions);
        }
        if (this.sortOptions) {
          globalOptions.sort(this.compareOptions);
        }
        return globalOptions;
      }
      /**
       * Get an array of the arguments if any have a description.
       *
       * @param {Command} cmd
       * @returns {Argument[]}
       */
      visibleArguments(cmd) {
        if (cmd._argsDescription) {
          cmd.registeredArguments.forEach((argument) => {
            argument.description = argument.description || cmd._argsDescription[argument.name()] || "";
          });
        }
        if (cmd.registeredArguments.find((argument) => argument.description)) {
          return cmd.registeredArguments;
        }
        return [];
      }
      /**
       * Get the command term to show in the list of subcommands.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      subcommandTerm(cmd) {
        const args = cmd.registeredArguments.map((arg) => humanReadableArgName(arg)).join(" ");
        return cmd._name + (cmd._aliases[0] ? "|" + cmd._aliases[0] : "") + (cmd.options.length ? " [options]" : "") + // simplistic check for non-help option
        (args ? " " + args : "");
      }
      /**
       * Get the option term to show in the list of options.
       *
       * @param {Option} option
       * @returns {string}
       */
      optionTerm(option) {
        return option.flags;
      }
      /**
       * Get the argument term to show in the list of arguments.
       *
       * @param {Argument} argument
       * @returns {string}
       */
      argumentTerm(argument) {
        return argument.name();
      }
      /**
       * Get the longest command term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestSubcommandTermLength(cmd, helper) {
        return helper.visibleCommands(cmd).reduce((max, command) => {
          return Math.max(
            max,
            this.displayWidth(
              helper.styleSubcommandTerm(helper.subcommandTerm(command))
            )
          );
        }, 0);
      }
      /**
       * Get the longest option term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestOptionTermLength(cmd, helper) {
        return helper.visibleOptions(cmd).reduce((max, option) => {
          return Math.max(
            max,
            this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option)))
          );
        }, 0);
      }
      /**
       * Get the longest global option term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestGlobalOptionTermLength(cmd, helper) {
        return helper.visibleGlobalOptions(cmd).reduce((max, option) => {
          return Math.max(
            max,
            this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option)))
          );
        }, 0);
      }
      /**
       * Get the longest argument term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      longestArgumentTermLength(cmd, helper) {
        return helper.visibleArguments(cmd).reduce((max, argument) => {
          return Math.max(
            max,
            this.displayWidth(
              helper.styleArgumentTerm(helper.argumentTerm(argument))
            )
          );
        }, 0);
      }
      /**
       * Get the command usage to be displayed at the top of the built-in help.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      commandUsage(cmd) {
        let cmdName = cmd._name;
        if (cmd._aliases[0]) {
          cmdName = cmdName + "|" + cmd._aliases[0];
        }
        let ancestorCmdNames = "";
        for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
          ancestorCmdNames = ancestorCmd.name() + " " + ancestorCmdNames;
        }
        return ancestorCmdNames + cmdName + " " + cmd.usage();
      }
      /**
       * Get the description for the command.
       *
       * @param {Command} cmd
       * @returns {string}
       */
      commandDescription(cmd) {
        return cmd.description();
      }
      /**
       * Get the subcommand summary to show in the list of subcommands.
       * (Fallback to description for backwards compatibility.)
       *
       * @param {Command} cmd
       * @returns {string}
       */
      subcommandDescription(cmd) {
        return cmd.summary() || cmd.description();
      }
      /**
       * Get the option description to show in the list of options.
       *
       * @param {Option} option
       * @return {string}
       */
      optionDescription(option) {
        const extraInfo = [];
        if (option.argChoices) {
          extraInfo.push(
            // use stringify to match the display of the default value
            `choices: ${option.argChoices.map((choice2) => JSON.stringify(choice2)).join(", ")}`
          );
        }
        if (option.defaultValue !== void 0) {
          const showDefault = option.required || option.optional || option.isBoolean() && typeof option.defaultValue === "boolean";
          if (showDefault) {
            extraInfo.push(
              `default: ${option.defaultValueDescription || JSON.stringify(option.defaultValue)}`
            );
          }
        }
        if (option.presetArg !== void 0 && option.optional) {
          extraInfo.push(`preset: ${JSON.stringify(option.presetArg)}`);
        }
        if (option.envVar !== void 0) {
          extraInfo.push(`env: ${option.envVar}`);
        }
        if (extraInfo.length > 0) {
          const extraDescription = `(${extraInfo.join(", ")})`;
          if (option.description) {
            return `${option.description} ${extraDescription}`;
          }
          return extraDescription;
        }
        return option.description;
      }
      /**
       * Get the argument description to show in the list of arguments.
       *
       * @param {Argument} argument
       * @return {string}
       */
      argumentDescription(argument) {
        const extraInfo = [];
        if (argument.argChoices) {
          extraInfo.push(
            // use stringify to match the display of the default value
            `choices: ${argument.argChoices.map((choice2) => JSON.stringify(choice2)).join(", ")}`
          );
        }
        if (argument.defaultValue !== void 0) {
          extraInfo.push(
            `default: ${argument.defaultValueDescription || JSON.stringify(argument.defaultValue)}`
          );
        }
        if (extraInfo.length > 0) {
          const extraDescription = `(${extraInfo.join(", ")})`;
          if (argument.description) {
            return `${argument.description} ${extraDescription}`;
          }
          return extraDescription;
        }
        return argument.description;
      }
      /**
       * Format a list of items, given a heading and an array of formatted items.
       *
       * @param {string} heading
       * @param {string[]} items
       * @param {Help} helper
       * @returns string[]
       */
      formatItemList(heading2, items, helper) {
        if (items.length === 0) return [];
        return [helper.styleTitle(heading2), ...items, ""];
      }
      /**
       * Group items by their help group heading.
       *
       * @param {Command[] | Option[]} unsortedItems
       * @param {Command[] | Option[]} visibleItems
       * @param {Function} getGroup
       * @returns {Map<string, Command[] | Option[]>}
       */
      groupItems(unsortedItems, visibleItems, getGroup) {
        const result = /* @__PURE__ */ new Map();
        unsortedItems.forEach((item) => {
          const group = getGroup(item);
          if (!result.has(group)) result.set(group, []);
        });
        visibleItems.forEach((item) => {
          const group = getGroup(item);
          if (!result.has(group)) {
            result.set(group, []);
          }
          result.get(group).push(item);
        });
        return result;
      }
      /**
       * Generate the built-in help text.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {string}
       */
      formatHelp(cmd, helper) {
        const termWidth = helper.padWidth(cmd, helper);
        const helpWidth = helper.helpWidth ?? 80;
        function callFormatItem(term, description) {
          return helper.formatItem(term, termWidth, description, helper);
        }
        let output = [
          `${helper.styleTitle("Usage:")} ${helper.styleUsage(helper.commandUsage(cmd))}`,
          ""
        ];
        const commandDescription = helper.commandDescription(cmd);
        if (commandDescription.length > 0) {
          output = output.concat([
            helper.boxWrap(
              helper.styleCommandDescription(commandDescription),
              helpWidth
            ),
            ""
          ]);
        }
        const argumentList = helper.visibleArguments(cmd).map((argument) => {
          return callFormatItem(
            helper.styleArgumentTerm(helper.argumentTerm(argument)),
            helper.styleArgumentDescription(helper.argumentDescription(argument))
          );
        });
        output = output.concat(
          this.formatItemList("Arguments:", argumentList, helper)
        );
        const optionGroups = this.groupItems(
          cmd.options,
          helper.visibleOptions(cmd),
          (option) => option.helpGroupHeading ?? "Options:"
        );
        optionGroups.forEach((options, group) => {
          const optionList = options.map((option) => {
            return callFormatItem(
              helper.styleOptionTerm(helper.optionTerm(option)),
              helper.styleOptionDescription(helper.optionDescription(option))
            );
          });
          output = output.concat(this.formatItemList(group, optionList, helper));
        });
        if (helper.showGlobalOptions) {
          const globalOptionList = helper.visibleGlobalOptions(cmd).map((option) => {
            return callFormatItem(
              helper.styleOptionTerm(helper.optionTerm(option)),
              helper.styleOptionDescription(helper.optionDescription(option))
            );
          });
          output = output.concat(
            this.formatItemList("Global Options:", globalOptionList, helper)
          );
        }
        const commandGroups = this.groupItems(
          cmd.commands,
          helper.visibleCommands(cmd),
          (sub) => sub.helpGroup() || "Commands:"
        );
        commandGroups.forEach((commands, group) => {
          const commandList = commands.map((sub) => {
            return callFormatItem(
              helper.styleSubcommandTerm(helper.subcommandTerm(sub)),
              helper.styleSubcommandDescription(helper.subcommandDescription(sub))
            );
          });
          output = output.concat(this.formatItemList(group, commandList, helper));
        });
        return output.join("\n");
      }
      /**
       * Return display width of string, ignoring ANSI escape sequences. Used in padding and wrapping calculations.
       *
       * @param {string} str
       * @returns {number}
       */
      displayWidth(str) {
        return stripColor(str).length;
      }
      /**
       * Style the title for displaying in the help. Called with 'Usage:', 'Options:', etc.
       *
       * @param {string} str
       * @returns {string}
       */
      styleTitle(str) {
        return str;
      }
      styleUsage(str) {
        return str.split(" ").map((word) => {
          if (word === "[options]") return this.styleOptionText(word);
          if (word === "[command]") return this.styleSubcommandText(word);
          if (word[0] === "[" || word[0] === "<")
            return this.styleArgumentText(word);
          return this.styleCommandText(word);
        }).join(" ");
      }
      styleCommandDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleOptionDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleSubcommandDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleArgumentDescription(str) {
        return this.styleDescriptionText(str);
      }
      styleDescriptionText(str) {
        return str;
      }
      styleOptionTerm(str) {
        return this.styleOptionText(str);
      }
      styleSubcommandTerm(str) {
        return str.split(" ").map((word) => {
          if (word === "[options]") return this.styleOptionText(word);
          if (word[0] === "[" || word[0] === "<")
            return this.styleArgumentText(word);
          return this.styleSubcommandText(word);
        }).join(" ");
      }
      styleArgumentTerm(str) {
        return this.styleArgumentText(str);
      }
      styleOptionText(str) {
        return str;
      }
      styleArgumentText(str) {
        return str;
      }
      styleSubcommandText(str) {
        return str;
      }
      styleCommandText(str) {
        return str;
      }
      /**
       * Calculate the pad width from the maximum term length.
       *
       * @param {Command} cmd
       * @param {Help} helper
       * @returns {number}
       */
      padWidth(cmd, helper) {
        return Math.max(
          helper.longestOptionTermLength(cmd, helper),
          helper.longestGlobalOptionTermLength(cmd, helper),
          helper.longestSubcommandTermLength(cmd, helper),
          helper.longestArgumentTermLength(cmd, helper)
        );
      }
      /**
       * Detect manually wrapped and indented strings by checking for line break followed by whitespace.
       *
       * @param {string} str
       * @returns {boolean}
       */
      preformatted(str) {
        return /\n[^\S\r\n]/.test(str);
      }
      /**
       * Format the "item", which consists of a term and description. Pad the term and wrap the description, indenting the following lines.
       *
       * So "TTT", 5, "DDD DDDD DD DDD" might be formatted for this.helpWidth=17 like so:
       *   TTT  DDD DDDD
       *        DD DDD
       *
       * @param {string} term
       * @param {number} termWidth
       * @param {string} description
       * @param {Help} helper
       * @returns {string}
       */
      formatItem(term, termWidth, description, helper) {
        const itemIndent = 2;
        const itemIndentStr = " ".repeat(itemIndent);
        if (!description) return itemIndentStr + term;
        const paddedTerm = term.padEnd(
          termWidth + term.length - helper.displayWidth(term)
        );
        const spacerWidth = 2;
        const helpWidth = this.helpWidth ?? 80;
        const remainingWidth = helpWidth - termWidth - spacerWidth - itemIndent;
        let formattedDescription;
        if (remainingWidth < this.minWidthToWrap || helper.preformatted(description)) {
          formattedDescription = description;
        } else {
          const wrappedDescription = helper.boxWrap(description, remainingWidth);
          formattedDescription = wrappedDescription.replace(
            /\n/g,
            "\n" + " ".repeat(termWidth + spacerWidth)
          );
        }
        return itemIndentStr + paddedTerm + " ".repeat(spacerWidth) + formattedDescription.replace(/\n/g, `
${itemIndentStr}`);
      }
      /**
       * Wrap a string at whitespace, preserving existing line breaks.
       * Wrapping is skipped if the width is less than `minWidthToWrap`.
       *
       * @param {string} str
       * @param {number} width
       * @returns {string}
       */
      boxWrap(str, width) {
        if (width < this.minWidthToWrap) return str;
        const rawLines = str.split(/\r\n|\n/);
        const chunkPattern = /[\s]*[^\s]+/g;
        const wrappedLines = [];
        rawLines.forEach((line2) => {
          const chunks = line2.match(chunkPattern);
          if (chunks === null) {
            wrappedLines.push("");
            return;
          }
          let sumChunks = [chunks.shift()];
          let sumWidth = this.displayWidth(sumChunks[0]);
          chunks.forEach((chunk) => {
            const visibleWidth = this.displayWidth(chunk);
            if (sumWidth + visibleWidth <= width) {
              sumChunks.push(chunk);
              sumWidth += visibleWidth;
              return;
            }
            wrappedLines.push(sumChunks.join(""));
            const nextChunk = chunk.trimStart();
            sumChunks = [nextChunk];
            sumWidth = this.displayWidth(nextChunk);
          });
          wrappedLines.push(sumChunks.join(""));
        });
        return wrappedLines.join("\n");
      }
    };
    function stripColor(str) {
      const sgrPattern = /\x1b\[\d*(;\d*)*m/g;
      return str.replace(sgrPattern, "");
    }
    exports2.Help = Help2;
    exports2.stripColor = stripColor;
  }
});

// node_modules/commander/lib/option.js
var require_option = __commonJS({
  "node_modules/commander/lib/option.js"(exports2) {
    var { InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var Option2 = class {
      /**
       * Initialize a new `Option` with the given `flags` and `description`.
       *
       * @param {string} flags
       * @param {string} [description]
       */
      constructor(flags, description) {
        this.flags = flags;
        this.description = description || "";
        this.required = flags.includes("<");
        this.optional = flags.includes("[");
        this.variadic = /\w\.\.\.[>\]]$/.test(flags);
        this.mandatory = false;
        const optionFlags = splitOptionFlags(flags);
        this.short = optionFlags.shortFlag;
        this.long = optionFlags.longFlag;
        this.negate = false;
        if (this.long) {
          this.negate = this.long.startsWith("--no-");
        }
        this.defaultValue = void 0;
        this.defaultValueDescription = void 0;
        this.presetArg = void 0;
        this.envVar = void 0;
        this.parseArg = void 0;
        this.hidden = false;
        this.argChoices = void 0;
        this.conflictsWith = [];
        this.implied = void 0;
        this.helpGroupHeading = void 0;
      }
      /**
       * Set the default value, and optionally supply the description to be displayed in the help.
       *
       * @param {*} value
       * @param {string} [description]
       * @return {Option}
       */
      default(value, description) {
        this.defaultValue = value;
        this.defaultValueDescription = description;
        return this;
      }
      /**
       * Preset to use when option used without option-argument, especially optional but also boolean and negated.
       * The custom processing (parseArg) is called.
       *
       * @example
       * new Option('--color').default('GREYSCALE').preset('RGB');
       * new Option('--donate [amount]').preset('20').argParser(parseFloat);
       *
       * @param {*} arg
       * @return {Option}
       */
      preset(arg) {
        this.presetArg = arg;
        return this;
      }
      /**
       * Add option name(s) that conflict with this option.
       * An error will be displayed if conflicting options are found during parsing.
       *
       * @example
       * new Option('--rgb').conflicts('cmyk');
       * new Option('--js').conflicts(['ts', 'jsx']);
       *
       * @param {(string | string[])} names
       * @return {Option}
       */
      conflicts(names) {
        this.conflictsWith = this.conflictsWith.concat(names);
        return this;
      }
      /**
       * Specify implied option values for when this option is set and the implied options are not.
       *
       * The custom processing (parseArg) is not called on the implied values.
       *
       * @example
       * program
       *   .addOption(new Option('--log', 'write logging information to file'))
       *   .addOption(new Option('--trace', 'log extra details').implies({ log: 'trace.txt' }));
       *
       * @param {object} impliedOptionValues
       * @return {Option}
       */
      implies(impliedOptionValues) {
        let newImplied = impliedOptionValues;
        if (typeof impliedOptionValues === "string") {
          newImplied = { [impliedOptionValues]: true };
        }
        this.implied = Object.assign(this.implied || {}, newImplied);
        return this;
      }
      /**
       * Set environment variable to check for option value.
       *
       * An environment variable is only used if when processed the current option value is
       * undefined, or the source of the current value is 'default' or 'config' or 'env'.
       *
       * @param {string} name
       * @return {Option}
       */
      env(name) {
        this.envVar = name;
        return this;
      }
      /**
       * Set the custom handler for processing CLI option arguments into option values.
       *
       * @param {Function} [fn]
       * @return {Option}
       */
      argParser(fn) {
        this.parseArg = fn;
        return this;
      }
      /**
       * Whether the option is mandatory and must have a value after parsing.
       *
       * @param {boolean} [mandatory=true]
       * @return {Option}
       */
      makeOptionMandatory(mandatory = true) {
        this.mandatory = !!mandatory;
        return this;
      }
      /**
       * Hide option in help.
       *
       * @param {boolean} [hide=true]
       * @return {Option}
       */
      hideHelp(hide = true) {
        this.hidden = !!hide;
        return this;
      }
      /**
       * @package
       */
      _collectValue(value, previous) {
        if (previous === this.defaultValue || !Array.isArray(previous)) {
          return [value];
        }
        previous.push(value);
        return previous;
      }
      /**
       * Only allow option value to be one of choices.
       *
       * @param {string[]} values
       * @return {Option}
       */
      choices(values) {
        this.argChoices = values.slice();
        this.parseArg = (arg, previous) => {
          if (!this.argChoices.includes(arg)) {
            throw new InvalidArgumentError2(
              `Allowed choices are ${this.argChoices.join(", ")}.`
            );
          }
          if (this.variadic) {
            return this._collectValue(arg, previous);
          }
          return arg;
        };
        return this;
      }
      /**
       * Return option name.
       *
       * @return {string}
       */
      name() {
        if (this.long) {
          return this.long.replace(/^--/, "");
        }
        return this.short.replace(/^-/, "");
      }
      /**
       * Return option name, in a camelcase format that can be used
       * as an object attribute key.
       *
       * @return {string}
       */
      attributeName() {
        if (this.negate) {
          return camelcase(this.name().replace(/^no-/, ""));
        }
        return camelcase(this.name());
      }
      /**
       * Set the help group heading.
       *
       * @param {string} heading
       * @return {Option}
       */
      helpGroup(heading2) {
        this.helpGroupHeading = heading2;
        return this;
      }
      /**
       * Check if `arg` matches the short or long flag.
       *
       * @param {string} arg
       * @return {boolean}
       * @package
       */
      is(arg) {
        return this.short === arg || this.long === arg;
      }
      /**
       * Return whether a boolean option.
       *
       * Options are one of boolean, negated, required argument, or optional argument.
       *
       * @return {boolean}
       * @package
       */
      isBoolean() {
        return !this.required && !this.optional && !this.negate;
      }
    };
    var DualOptions = class {
      /**
       * @param {Option[]} options
       */
      constructor(options) {
        this.positiveOptions = /* @__PURE__ */ new Map();
        this.negativeOptions = /* @__PURE__ */ new Map();
        this.dualOptions = /* @__PURE__ */ new Set();
        options.forEach((option) => {
          if (option.negate) {
            this.negativeOptions.set(option.attributeName(), option);
          } else {
            this.positiveOptions.set(option.attributeName(), option);
          }
        });
        this.negativeOptions.forEach((value, key) => {
          if (this.positiveOptions.has(key)) {
            this.dualOptions.add(key);
          }
        });
      }
      /**
       * Did the value come from the option, and not from possible matching dual option?
       *
       * @param {*} value
       * @param {Option} option
       * @returns {boolean}
       */
      valueFromOption(value, option) {
        const optionKey = option.attributeName();
        if (!this.dualOptions.has(optionKey)) return true;
        const preset = this.negativeOptions.get(optionKey).presetArg;
        const negativeValue = preset !== void 0 ? preset : false;
        return option.negate === (negativeValue === value);
      }
    };
    function camelcase(str) {
      return str.split("-").reduce((str2, word) => {
        return str2 + word[0].toUpperCase() + word.slice(1);
      });
    }
    function splitOptionFlags(flags) {
      let shortFlag;
      let longFlag;
      const shortFlagExp = /^-[^-]$/;
      const longFlagExp = /^--[^-]/;
      const flagParts = flags.split(/[ |,]+/).concat("guard");
      if (shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
      if (longFlagExp.test(flagParts[0])) longFlag = flagParts.shift();
      if (!shortFlag && shortFlagExp.test(flagParts[0]))
        shortFlag = flagParts.shift();
      if (!shortFlag && longFlagExp.test(flagParts[0])) {
        shortFlag = longFlag;
        longFlag = flagParts.shift();
      }
      if (flagParts[0].startsWith("-")) {
        const unsupportedFlag = flagParts[0];
        const baseError = `option creation failed due to '${unsupportedFlag}' in option flags '${flags}'`;
        if (/^-[^-][^-]/.test(unsupportedFlag))
          throw new Error(
            `${baseError}
- a short flag is a single dash and a single character
  - either use a single dash and a single character (for a short flag)
  - or use a double dash for a long option (and can have two, like '--ws, --workspace')`
          );
        if (shortFlagExp.test(unsupportedFlag))
          throw new Error(`${baseError}
- too many short flags`);
        if (longFlagExp.test(unsupportedFlag))
          throw new Error(`${baseError}
- too many long flags`);
        throw new Error(`${baseError}
- unrecognised flag format`);
      }
      if (shortFlag === void 0 && longFlag === void 0)
        throw new Error(
          `option creation failed due to no flags found in '${flags}'.`
        );
      return { shortFlag, longFlag };
    }
    exports2.Option = Option2;
    exports2.DualOptions = DualOptions;
  }
});

// node_modules/commander/lib/suggestSimilar.js
var require_suggestSimilar = __commonJS({
  "node_modules/commander/lib/suggestSimilar.js"(exports2) {
    var maxDistance = 3;
    function editDistance(a2, b) {
      if (Math.abs(a2.length - b.length) > maxDistance)
        return Math.max(a2.length, b.length);
      const d = [];
      for (let i2 = 0; i2 <= a2.length; i2++) {
        d[i2] = [i2];
      }
      for (let j = 0; j <= b.length; j++) {
        d[0][j] = j;
      }
      for (let j = 1; j <= b.length; j++) {
        for (let i2 = 1; i2 <= a2.length; i2++) {
          let cost = 1;
          if (a2[i2 - 1] === b[j - 1]) {
            cost = 0;
          } else {
            cost = 1;
          }
          d[i2][j] = Math.min(
            d[i2 - 1][j] + 1,
            // deletion
            d[i2][j - 1] + 1,
            // insertion
            d[i2 - 1][j - 1] + cost
            // substitution
          );
          if (i2 > 1 && j > 1 && a2[i2 - 1] === b[j - 2] && a2[i2 - 2] === b[j - 1]) {
            d[i2][j] = Math.min(d[i2][j], d[i2 - 2][j - 2] + 1);
          }
        }
      }
      return d[a2.length][b.length];
    }
    function suggestSimilar(word, candidates) {
      if (!candidates || candidates.length === 0) return "";
      candidates = Array.from(new Set(candidates));
      const searchingOptions = word.startsWith("--");
      if (searchingOptions) {
        word = word.slice(2);
        candidates = candidates.map((candidate) => candidate.slice(2));
      }
      let similar = [];
      let bestDistance = maxDistance;
      const minSimilarity = 0.4;
      candidates.forEach((candidate) => {
        if (candidate.length <= 1) return;
        const distance = editDistance(word, candidate);
        const length = Math.max(word.length, candidate.length);
        const similarity = (length - distance) / length;
        if (similarity > minSimilarity) {
          if (distance < bestDistance) {
            bestDistance = distance;
            similar = [candidate];
          } else if (distance === bestDistance) {
            similar.push(candidate);
          }
        }
      });
      similar.sort((a2, b) => a2.localeCompare(b));
      if (searchingOptions) {
        similar = similar.map((candidate) => `--${candidate}`);
      }
      if (similar.length > 1) {
        return `
(Did you mean one of ${similar.join(", ")}?)`;
      }
      if (similar.length === 1) {
        return `
(Did you mean ${similar[0]}?)`;
      }
      return "";
    }
    exports2.suggestSimilar = suggestSimilar;
  }
});

// node_modules/commander/lib/command.js
var require_command = __commonJS({
  "node_modules/commander/lib/command.js"(exports2) {
    var EventEmitter = require("node:events").EventEmitter;
    var childProcess = require("node:child_process");
    var path = require("node:path");
    var fs = require("node:fs");
    var process2 = require("node:process");
    var { Argument: Argument2, humanReadableArgName } = require_argument();
    var { CommanderError: CommanderError2 } = require_error();
    var { Help: Help2, stripColor } = require_help();
    var { Option: Option2, DualOptions } = require_option();
    var { suggestSimilar } = require_suggestSimilar();
    var Command2 = class _Command extends EventEmitter {
      /**
       * Initialize a new `Command`.
       *
       * @param {string} [name]
       */
      constructor(name) {
        super();
        this.commands = [];
        this.options = [];
        this.parent = null;
        this._allowUnknownOption = false;
        this._allowExcessArguments = false;
        this.registeredArguments = [];
        this._args = this.registeredArguments;
        this.args = [];
        this.rawArgs = [];
        this.processedArgs = [];
        this._scriptPath = null;
        this._name = name || "";
        this._optionValues = {};
        this._optionValueSources = {};
        this._storeOptionsAsProperties = false;
        this._actionHandler = null;
        this._executableHandler = false;
        this._executableFile = null;
        this._executableDir = null;
        this._defaultCommandName = null;
        this._exitCallback = null;
        this._aliases = [];
        this._combineFlagAndOptionalValue = true;
        this._description = "";
        this._summary = "";
        this._argsDescription = void 0;
        this._enablePositionalOptions = false;
        this._passThroughOptions = false;
        this._lifeCycleHooks = {};
        this._showHelpAfterError = false;
        this._showSuggestionAfterError = true;
        this._savedState = null;
        this._outputConfiguration = {
          writeOut: (str) => process2.stdout.write(str),
          writeErr: (str) => process2.stderr.write(str),
          outputError: (str, write) => write(str),
          getOutHelpWidth: () => process2.stdout.isTTY ? process2.stdout.columns : void 0,
          getErrHelpWidth: () => process2.stderr.isTTY ? process2.stderr.columns : void 0,
          getOutHasColors: () => useColor() ?? (process2.stdout.isTTY && process2.stdout.hasColors?.()),
          getErrHasColors: () => useColor() ?? (process2.stderr.isTTY && process2.stderr.hasColors?.()),
          stripColor: (str) => stripColor(str)
        };
        this._hidden = false;
        this._helpOption = void 0;
        this._addImplicitHelpCommand = void 0;
        this._helpCommand = void 0;
        this._helpConfiguration = {};
        this._helpGroupHeading = void 0;
        this._defaultCommandGroup = void 0;
        this._defaultOptionGroup = void 0;
      }
      /**
       * Copy settings that are useful to have in common across root command and subcommands.
       *
       * (Used internally when adding a command using `.command()` so subcommands inherit parent settings.)
       *
       * @param {Command} sourceCommand
       * @return {Command} `this` command for chaining
       */
      copyInheritedSettings(sourceCommand) {
        this._outputConfiguration = sourceCommand._outputConfiguration;
        this._helpOption = sourceCommand._helpOption;
        this._helpCommand = sourceCommand._helpCommand;
        this._helpConfiguration = sourceCommand._helpConfiguration;
        this._exitCallback = sourceCommand._exitCallback;
        this._storeOptionsAsProperties = sourceCommand._storeOptionsAsProperties;
        this._combineFlagAndOptionalValue = sourceCommand._combineFlagAndOptionalValue;
        this._allowExcessArguments = sourceCommand._allowExcessArguments;
        this._enablePositionalOptions = sourceCommand._enablePositionalOptions;
        this._showHelpAfterError = sourceCommand._showHelpAfterError;
        this._showSuggestionAfterError = sourceCommand._showSuggestionAfterError;
        return this;
      }
      /**
       * @returns {Command[]}
       * @private
       */
      _getCommandAndAncestors() {
        const result = [];
        for (let command = this; command; command = command.parent) {
          result.push(command);
        }
        return result;
      }
      /**
       * Define a command.
       *
       * There are two styles of command: pay attention to where to put the description.
       *
       * @example
       * // Command implemented using action handler (description is supplied separately to `.command`)
       * program
       *   .command('clone <source> [destination]')
       *   .description('clone a repository into a newly created directory')
       *   .action((source, destination) => {
       *     console.log('clone command called');
       *   });
       *
       * // Command implemented using separate executable file (description is second parameter to `.command`)
       * program
       *   .command('start <service>', 'start named service')
       *   .command('stop [service]', 'stop named service, or all if no name supplied');
       *
       * @param {string} nameAndArgs - command name and arguments, args are `<required>` or `[optional]` and last may also be `variadic...`
       * @param {(object | string)} [actionOptsOrExecDesc] - configuration options (for action), or description (for executable)
       * @param {object} [execOpts] - configuration options (for executable)
       * @return {Command} returns new command for action handler, or `this` for executable command
       */
      command(nameAndArgs, actionOptsOrExecDesc, execOpts) {
        let desc = actionOptsOrExecDesc;
        let opts = execOpts;
        if (typeof desc === "object" && desc !== null) {
          opts = desc;
          desc = null;
        }
        opts = opts || {};
        const [, name, args] = nameAndArgs.match(/([^ ]+) *(.*)/);
        const cmd = this.createCommand(name);
        if (desc) {
          cmd.description(desc);
          cmd._executableHandler = true;
        }
        if (opts.isDefault) this._defaultCommandName = cmd._name;
        cmd._hidden = !!(opts.noHelp || opts.hidden);
        cmd._executableFile = opts.executableFile || null;
        if (args) cmd.arguments(args);
        this._registerCommand(cmd);
        cmd.parent = this;
        cmd.copyInheritedSettings(this);
        if (desc) return this;
        return cmd;
      }
      /**
       * Factory routine to create a new unattached command.
       *
       * See .command() for creating an attached subcommand, which uses this routine to
       * create the command. You can override createCommand to customise subcommands.
       *
       * @param {string} [name]
       * @return {Command} new command
       */
      createCommand(name) {
        return new _Command(name);
      }
      /**
       * You can customise the help with a subclass of Help by overriding createHelp,
       * or by overriding Help properties using configureHelp().
       *
       * @return {Help}
       */
      createHelp() {
        return Object.assign(new Help2(), this.configureHelp());
      }
      /**
       * You can customise the help by overriding Help properties using configureHelp(),
       * or with a subclass of Help by overriding createHelp().
       *
       * @param {object} [configuration] - configuration options
       * @return {(Command | object)} `this` command for chaining, or stored configuration
       */
      configureHelp(configuration) {
        if (configuration === void 0) return this._helpConfiguration;
        this._helpConfiguration = configuration;
        return this;
      }
      /**
       * The default output goes to stdout and stderr. You can customise this for special
       * applications. You can also customise the display of errors by overriding outputError.
       *
       * The configuration properties are all functions:
       *
       *     // change how output being written, defaults to stdout and stderr
       *     writeOut(str)
       *     writeErr(str)
       *     // change how output being written for errors, defaults to writeErr
       *     outputError(str, write) // used for displaying errors and not used for displaying help
       *     // specify width for wrapping help
       *     getOutHelpWidth()
       *     getErrHelpWidth()
       *     // color support, currently only used with Help
       *     getOutHasColors()
       *     getErrHasColors()
       *     stripColor() // used to remove ANSI escape codes if output does not have colors
       *
       * @param {object} [configuration] - configuration options
       * @return {(Command | object)} `this` command for chaining, or stored configuration
       */
      configureOutput(configuration) {
        if (configuration === void 0) return this._outputConfiguration;
        this._outputConfiguration = {
          ...this._outputConfiguration,
          ...configuration
        };
        return this;
      }
      /**
       * Display the help or a custom message after an error occurs.
       *
       * @param {(boolean|string)} [displayHelp]
       * @return {Command} `this` command for chaining
       */
      showHelpAfterError(displayHelp = true) {
        if (typeof displayHelp !== "string") displayHelp = !!displayHelp;
        this._showHelpAfterError = displayHelp;
        return this;
      }
      /**
       * Display suggestion of similar commands for unknown commands, or options for unknown options.
       *
       * @param {boolean} [displaySuggestion]
       * @return {Command} `this` command for chaining
       */
      showSuggestionAfterError(displaySuggestion = true) {
        this._showSuggestionAfterError = !!displaySuggestion;
        return this;
      }
      /**
       * Add a prepared subcommand.
       *
       * See .command() for creating an attached subcommand which inherits settings from its parent.
       *
       * @param {Command} cmd - new subcommand
       * @param {object} [opts] - configuration options
       * @return {Command} `this` command for chaining
       */
      addCommand(cmd, opts) {
        if (!cmd._name) {
          throw new Error(`Command passed to .addCommand() must have a name
- specify the name in Command constructor or using .name()`);
        }
        opts = opts || {};
        if (opts.isDefault) this._defaultCommandName = cmd._name;
        if (opts.noHelp || opts.hidden) cmd._hidden = true;
        this._registerCommand(cmd);
        cmd.parent = this;
        cmd._checkForBrokenPassThrough();
        return this;
      }
      /**
       * Factory routine to create a new unattached argument.
       *
       * See .argument() for creating an attached argument, which uses this routine to
       * create the argument. You can override createArgument to return a custom argument.
       *
       * @param {string} name
       * @param {string} [description]
       * @return {Argument} new argument
       */
      createArgument(name, description) {
        return new Argument2(name, description);
      }
      /**
       * Define argument syntax for command.
       *
       * The default is that the argument is required, and you can explicitly
       * indicate this with <> around the name. Put [] around the name for an optional argument.
       *
       * @example
       * program.argument('<input-file>');
       * program.argument('[output-file]');
       *
       * @param {string} name
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom argument processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      argument(name, description, parseArg, defaultValue) {
        const argument = this.createArgument(name, description);
        if (typeof parseArg === "function") {
          argument.default(defaultValue).argParser(parseArg);
        } else {
          argument.default(parseArg);
        }
        this.addArgument(argument);
        return this;
      }
      /**
       * Define argument syntax for command, adding multiple at once (without descriptions).
       *
       * See also .argument().
       *
       * @example
       * program.arguments('<cmd> [env]');
       *
       * @param {string} names
       * @return {Command} `this` command for chaining
       */
      arguments(names) {
        names.trim().split(/ +/).forEach((detail) => {
          this.argument(detail);
        });
        return this;
      }
      /**
       * Define argument syntax for command, adding a prepared argument.
       *
       * @param {Argument} argument
       * @return {Command} `this` command for chaining
       */
      addArgument(argument) {
        const previousArgument = this.registeredArguments.slice(-1)[0];
        if (previousArgument?.variadic) {
          throw new Error(
            `only the last argument can be variadic '${previousArgument.name()}'`
          );
        }
        if (argument.required && argument.defaultValue !== void 0 && argument.parseArg === void 0) {
          throw new Error(
            `a default value for a required argument is never used: '${argument.name()}'`
          );
        }
        this.registeredArguments.push(argument);
        return this;
      }
      /**
       * Customise or override default help command. By default a help command is automatically added if your command has subcommands.
       *
       * @example
       *    program.helpCommand('help [cmd]');
       *    program.helpCommand('help [cmd]', 'show help');
       *    program.helpCommand(false); // suppress default help command
       *    program.helpCommand(true); // add help command even if no subcommands
       *
       * @param {string|boolean} enableOrNameAndArgs - enable with custom name and/or arguments, or boolean to override whether added
       * @param {string} [description] - custom description
       * @return {Command} `this` command for chaining
       */
      helpCommand(enableOrNameAndArgs, description) {
        if (typeof enableOrNameAndArgs === "boolean") {
          this._addImplicitHelpCommand = enableOrNameAndArgs;
          if (enableOrNameAndArgs && this._defaultCommandGroup) {
            this._initCommandGroup(this._getHelpCommand());
          }
          return this;
        }
        const nameAndArgs = enableOrNameAndArgs ?? "help [command]";
        const [, helpName, helpArgs] = nameAndArgs.match(/([^ ]+) *(.*)/);
        const helpDescription = description ?? "display help for command";
        const helpCommand = this.createCommand(helpName);
        helpCommand.helpOption(false);
        if (helpArgs) helpCommand.arguments(helpArgs);
        if (helpDescription) helpCommand.description(helpDescription);
        this._addImplicitHelpCommand = true;
        this._helpCommand = helpCommand;
        if (enableOrNameAndArgs || description) this._initCommandGroup(helpCommand);
        return this;
      }
      /**
       * Add prepared custom help command.
       *
       * @param {(Command|string|boolean)} helpCommand - custom help command, or deprecated enableOrNameAndArgs as for `.helpCommand()`
       * @param {string} [deprecatedDescription] - deprecated custom description used with custom name only
       * @return {Command} `this` command for chaining
       */
      addHelpCommand(helpCommand, deprecatedDescription) {
        if (typeof helpCommand !== "object") {
          this.helpCommand(helpCommand, deprecatedDescription);
          return this;
        }
        this._addImplicitHelpCommand = true;
        this._helpCommand = helpCommand;
        this._initCommandGroup(helpCommand);
        return this;
      }
      /**
       * Lazy create help command.
       *
       * @return {(Command|null)}
       * @package
       */
      _getHelpCommand() {
        const hasImplicitHelpCommand = this._addImplicitHelpCommand ?? (this.commands.length && !this._actionHandler && !this._findCommand("help"));
        if (hasImplicitHelpCommand) {
          if (this._helpCommand === void 0) {
            this.helpCommand(void 0, void 0);
          }
          return this._helpCommand;
        }
        return null;
      }
      /**
       * Add hook for life cycle event.
       *
       * @param {string} event
       * @param {Function} listener
       * @return {Command} `this` command for chaining
       */
      hook(event, listener) {
        const allowedValues = ["preSubcommand", "preAction", "postAction"];
        if (!allowedValues.includes(event)) {
          throw new Error(`Unexpected value for event passed to hook : '${event}'.
Expecting one of '${allowedValues.join("', '")}'`);
        }
        if (this._lifeCycleHooks[event]) {
          this._lifeCycleHooks[event].push(listener);
        } else {
          this._lifeCycleHooks[event] = [listener];
        }
        return this;
      }
      /**
       * Register callback to use as replacement for calling process.exit.
       *
       * @param {Function} [fn] optional callback which will be passed a CommanderError, defaults to throwing
       * @return {Command} `this` command for chaining
       */
      exitOverride(fn) {
        if (fn) {
          this._exitCallback = fn;
        } else {
          this._exitCallback = (err) => {
            if (err.code !== "commander.executeSubCommandAsync") {
              throw err;
            } else {
            }
          };
        }
        return this;
      }
      /**
       * Call process.exit, and _exitCallback if defined.
       *
       * @param {number} exitCode exit code for using with process.exit
       * @param {string} code an id string representing the error
       * @param {string} message human-readable description of the error
       * @return never
       * @private
       */
      _exit(exitCode, code2, message2) {
        if (this._exitCallback) {
          this._exitCallback(new CommanderError2(exitCode, code2, message2));
        }
        process2.exit(exitCode);
      }
      /**
       * Register callback `fn` for the command.
       *
       * @example
       * program
       *   .command('serve')
       *   .description('start service')
       *   .action(function() {
       *      // do work here
       *   });
       *
       * @param {Function} fn
       * @return {Command} `this` command for chaining
       */
      action(fn) {
        const listener = (args) => {
          const expectedArgsCount = this.registeredArguments.length;
          const actionArgs = args.slice(0, expectedArgsCount);
          if (this._storeOptionsAsProperties) {
            actionArgs[expectedArgsCount] = this;
          } else {
            actionArgs[expectedArgsCount] = this.opts();
          }
          actionArgs.push(this);
          return fn.apply(this, actionArgs);
        };
        this._actionHandler = listener;
        return this;
      }
      /**
       * Factory routine to create a new unattached option.
       *
       * See .option() for creating an attached option, which uses this routine to
       * create the option. You can override createOption to return a custom option.
       *
       * @param {string} flags
       * @param {string} [description]
       * @return {Option} new option
       */
      createOption(flags, description) {
        return new Option2(flags, description);
      }
      /**
       * Wrap parseArgs to catch 'commander.invalidArgument'.
       *
       * @param {(Option | Argument)} target
       * @param {string} value
       * @param {*} previous
       * @param {string} invalidArgumentMessage
       * @private
       */
      _callParseArg(target, value, previous, invalidArgumentMessage) {
        try {
          return target.parseArg(value, previous);
        } catch (err) {
          if (err.code === "commander.invalidArgument") {
            const message2 = `${invalidArgumentMessage} ${err.message}`;
            this.error(message2, { exitCode: err.exitCode, code: err.code });
          }
          throw err;
        }
      }
      /**
       * Check for option flag conflicts.
       * Register option if no conflicts found, or throw on conflict.
       *
       * @param {Option} option
       * @private
       */
      _registerOption(option) {
        const matchingOption = option.short && this._findOption(option.short) || option.long && this._findOption(option.long);
        if (matchingOption) {
          const matchingFlag = option.long && this._findOption(option.long) ? option.long : option.short;
          throw new Error(`Cannot add option '${option.flags}'${this._name && ` to command '${this._name}'`} due to conflicting flag '${matchingFlag}'
-  already used by option '${matchingOption.flags}'`);
        }
        this._initOptionGroup(option);
        this.options.push(option);
      }
      /**
       * Check for command name and alias conflicts with existing commands.
       * Register command if no conflicts found, or throw on conflict.
       *
       * @param {Command} command
       * @private
       */
      _registerCommand(command) {
        const knownBy = (cmd) => {
          return [cmd.name()].concat(cmd.aliases());
        };
        const alreadyUsed = knownBy(command).find(
          (name) => this._findCommand(name)
        );
        if (alreadyUsed) {
          const existingCmd = knownBy(this._findCommand(alreadyUsed)).join("|");
          const newCmd = knownBy(command).join("|");
          throw new Error(
            `cannot add command '${newCmd}' as already have command '${existingCmd}'`
          );
        }
        this._initCommandGroup(command);
        this.commands.push(command);
      }
      /**
       * Add an option.
       *
       * @param {Option} option
       * @return {Command} `this` command for chaining
       */
      addOption(option) {
        this._registerOption(option);
        const oname = option.name();
        const name = option.attributeName();
        if (option.negate) {
          const positiveLongFlag = option.long.replace(/^--no-/, "--");
          if (!this._findOption(positiveLongFlag)) {
            this.setOptionValueWithSource(
              name,
              option.defaultValue === void 0 ? true : option.defaultValue,
              "default"
            );
          }
        } else if (option.defaultValue !== void 0) {
          this.setOptionValueWithSource(name, option.defaultValue, "default");
        }
        const handleOptionValue = (val, invalidValueMessage, valueSource) => {
          if (val == null && option.presetArg !== void 0) {
            val = option.presetArg;
          }
          const oldValue = this.getOptionValue(name);
          if (val !== null && option.parseArg) {
            val = this._callParseArg(option, val, oldValue, invalidValueMessage);
          } else if (val !== null && option.variadic) {
            val = option._collectValue(val, oldValue);
          }
          if (val == null) {
            if (option.negate) {
              val = false;
            } else if (option.isBoolean() || option.optional) {
              val = true;
            } else {
              val = "";
            }
          }
          this.setOptionValueWithSource(name, val, valueSource);
        };
        this.on("option:" + oname, (val) => {
          const invalidValueMessage = `error: option '${option.flags}' argument '${val}' is invalid.`;
          handleOptionValue(val, invalidValueMessage, "cli");
        });
        if (option.envVar) {
          this.on("optionEnv:" + oname, (val) => {
            const invalidValueMessage = `error: option '${option.flags}' value '${val}' from env '${option.envVar}' is invalid.`;
            handleOptionValue(val, invalidValueMessage, "env");
          });
        }
        return this;
      }
      /**
       * Internal implementation shared by .option() and .requiredOption()
       *
       * @return {Command} `this` command for chaining
       * @private
       */
      _optionEx(config, flags, description, fn, defaultValue) {
        if (typeof flags === "object" && flags instanceof Option2) {
          throw new Error(
            "To add an Option object use addOption() instead of option() or requiredOption()"
          );
        }
        const option = this.createOption(flags, description);
        option.makeOptionMandatory(!!config.mandatory);
        if (typeof fn === "function") {
          option.default(defaultValue).argParser(fn);
        } else if (fn instanceof RegExp) {
          const regex = fn;
          fn = (val, def) => {
            const m = regex.exec(val);
            return m ? m[0] : def;
          };
          option.default(defaultValue).argParser(fn);
        } else {
          option.default(fn);
        }
        return this.addOption(option);
      }
      /**
       * Define option with `flags`, `description`, and optional argument parsing function or `defaultValue` or both.
       *
       * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space. A required
       * option-argument is indicated by `<>` and an optional option-argument by `[]`.
       *
       * See the README for more details, and see also addOption() and requiredOption().
       *
       * @example
       * program
       *     .option('-p, --pepper', 'add pepper')
       *     .option('--pt, --pizza-type <TYPE>', 'type of pizza') // required option-argument
       *     .option('-c, --cheese [CHEESE]', 'add extra cheese', 'mozzarella') // optional option-argument with default
       *     .option('-t, --tip <VALUE>', 'add tip to purchase cost', parseFloat) // custom parse function
       *
       * @param {string} flags
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom option processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      option(flags, description, parseArg, defaultValue) {
        return this._optionEx({}, flags, description, parseArg, defaultValue);
      }
      /**
       * Add a required option which must have a value after parsing. This usually means
       * the option must be specified on the command line. (Otherwise the same as .option().)
       *
       * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space.
       *
       * @param {string} flags
       * @param {string} [description]
       * @param {(Function|*)} [parseArg] - custom option processing function or default value
       * @param {*} [defaultValue]
       * @return {Command} `this` command for chaining
       */
      requiredOption(flags, description, parseArg, defaultValue) {
        return this._optionEx(
          { mandatory: true },
          flags,
          description,
          parseArg,
          defaultValue
        );
      }
      /**
       * Alter parsing of short flags with optional values.
       *
       * @example
       * // for `.option('-f,--flag [value]'):
       * program.combineFlagAndOptionalValue(true);  // `-f80` is treated like `--flag=80`, this is the default behaviour
       * program.combineFlagAndOptionalValue(false) // `-fb` is treated like `-f -b`
       *
       * @param {boolean} [combine] - if `true` or omitted, an optional value can be specified directly after the flag.
       * @return {Command} `this` command for chaining
       */
      combineFlagAndOptionalValue(combine = true) {
        this._combineFlagAndOptionalValue = !!combine;
        return this;
      }
      /**
       * Allow unknown options on the command line.
       *
       * @param {boolean} [allowUnknown] - if `true` or omitted, no error will be thrown for unknown options.
       * @return {Command} `this` command for chaining
       */
      allowUnknownOption(allowUnknown = true) {
        this._allowUnknownOption = !!allowUnknown;
        return this;
      }
      /**
       * Allow excess command-arguments on the command line. Pass false to make excess arguments an error.
       *
       * @param {boolean} [allowExcess] - if `true` or omitted, no error will be thrown for excess arguments.
       * @return {Command} `this` command for chaining
       */
      allowExcessArguments(allowExcess = true) {
        this._allowExcessArguments = !!allowExcess;
        return this;
      }
      /**
       * Enable positional options. Positional means global options are specified before subcommands which lets
       * subcommands reuse the same option names, and also enables subcommands to turn on passThroughOptions.
       * The default behaviour is non-positional and global options may appear anywhere on the command line.
       *
       * @param {boolean} [positional]
       * @return {Command} `this` command for chaining
       */
      enablePositionalOptions(positional = true) {
        this._enablePositionalOptions = !!positional;
        return this;
      }
      /**
       * Pass through options that come after command-arguments rather than treat them as command-options,
       * so actual command-options come before command-arguments. Turning this on for a subcommand requires
       * positional options to have been enabled on the program (parent commands).
       * The default behaviour is non-positional and options may appear before or after command-arguments.
       *
       * @param {boolean} [passThrough] for unknown options.
       * @return {Command} `this` command for chaining
       */
      passThroughOptions(passThrough = true) {
        this._passThroughOptions = !!passThrough;
        this._checkForBrokenPassThrough();
        return this;
      }
      /**
       * @private
       */
      _checkForBrokenPassThrough() {
        if (this.parent && this._passThroughOptions && !this.parent._enablePositionalOptions) {
          throw new Error(
            `passThroughOptions cannot be used for '${this._name}' without turning on enablePositionalOptions for parent command(s)`
          );
        }
      }
      /**
       * Whether to store option values as properties on command object,
       * or store separately (specify false). In both cases the option values can be accessed using .opts().
       *
       * @param {boolean} [storeAsProperties=true]
       * @return {Command} `this` command for chaining
       */
      storeOptionsAsProperties(storeAsProperties = true) {
        if (this.options.length) {
          throw new Error("call .storeOptionsAsProperties() before adding options");
        }
        if (Object.keys(this._optionValues).length) {
          throw new Error(
            "call .storeOptionsAsProperties() before setting option values"
          );
        }
        this._storeOptionsAsProperties = !!storeAsProperties;
        return this;
      }
      /**
       * Retrieve option value.
       *
       * @param {string} key
       * @return {object} value
       */
      getOptionValue(key) {
        if (this._storeOptionsAsProperties) {
          return this[key];
        }
        return this._optionValues[key];
      }
      /**
       * Store option value.
       *
       * @param {string} key
       * @param {object} value
       * @return {Command} `this` command for chaining
       */
      setOptionValue(key, value) {
        return this.setOptionValueWithSource(key, value, void 0);
      }
      /**
       * Store option value and where the value came from.
       *
       * @param {string} key
       * @param {object} value
       * @param {string} source - expected values are default/config/env/cli/implied
       * @return {Command} `this` command for chaining
       */
      setOptionValueWithSource(key, value, source) {
        if (this._storeOptionsAsProperties) {
          this[key] = value;
        } else {
          this._optionValues[key] = value;
        }
        this._optionValueSources[key] = source;
        return this;
      }
      /**
       * Get source of option value.
       * Expected values are default | config | env | cli | implied
       *
       * @param {string} key
       * @return {string}
       */
      getOptionValueSource(key) {
        return this._optionValueSources[key];
      }
      /**
       * Get source of option value. See also .optsWithGlobals().
       * Expected values are default | config | env | cli | implied
       *
       * @param {string} key
       * @return {string}
       */
      getOptionValueSourceWithGlobals(key) {
        let source;
        this._getCommandAndAncestors().forEach((cmd) => {
          if (cmd.getOptionValueSource(key) !== void 0) {
            source = cmd.getOptionValueSource(key);
          }
        });
        return source;
      }
      /**
       * Get user arguments from implied or explicit arguments.
       * Side-effects: set _scriptPath if args included script. Used for default program name, and subcommand searches.
       *
       * @private
       */
      _prepareUserArgs(argv, parseOptions) {
        if (argv !== void 0 && !Array.isArray(argv)) {
          throw new Error("first parameter to parse must be array or undefined");
        }
        parseOptions = parseOptions || {};
        if (argv === void 0 && parseOptions.from === void 0) {
          if (process2.versions?.electron) {
            parseOptions.from = "electron";
          }
          const execArgv = process2.execArgv ?? [];
          if (execArgv.includes("-e") || execArgv.includes("--eval") || execArgv.includes("-p") || execArgv.includes("--print")) {
            parseOptions.from = "eval";
          }
        }
        if (argv === void 0) {
          argv = process2.argv;
        }
        this.rawArgs = argv.slice();
        let userArgs;
        switch (parseOptions.from) {
          case void 0:
          case "node":
            this._scriptPath = argv[1];
            userArgs = argv.slice(2);
            break;
          case "electron":
            if (process2.defaultApp) {
              this._scriptPath = argv[1];
              userArgs = argv.slice(2);
            } else {
              userArgs = argv.slice(1);
            }
            break;
          case "user":
            userArgs = argv.slice(0);
            break;
          case "eval":
            userArgs = argv.slice(1);
            break;
          default:
            throw new Error(
              `unexpected parse option { from: '${parseOptions.from}' }`
            );
        }
        if (!this._name && this._scriptPath)
          this.nameFromFilename(this._scriptPath);
        this._name = this._name || "program";
        return userArgs;
      }
      /**
       * Parse `argv`, setting options and invoking commands when defined.
       *
       * Use parseAsync instead of parse if any of your action handlers are async.
       *
       * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
       *
       * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
       * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
       * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
       * - `'user'`: just user arguments
       *
       * @example
       * program.parse(); // parse process.argv and auto-detect electron and special node flags
       * program.parse(process.argv); // assume argv[0] is app and argv[1] is script
       * program.parse(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
       *
       * @param {string[]} [argv] - optional, defaults to process.argv
       * @param {object} [parseOptions] - optionally specify style of options with from: node/user/electron
       * @param {string} [parseOptions.from] - where the args are from: 'node', 'user', 'electron'
       * @return {Command} `this` command for chaining
       */
      parse(argv, parseOptions) {
        this._prepareForParse();
        const userArgs = this._prepareUserArgs(argv, parseOptions);
        this._parseCommand([], userArgs);
        return this;
      }
      /**
       * Parse `argv`, setting options and invoking commands when defined.
       *
       * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
       *
       * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
       * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
       * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
       * - `'user'`: just user arguments
       *
       * @example
       * await program.parseAsync(); // parse process.argv and auto-detect electron and special node flags
       * await program.parseAsync(process.argv); // assume argv[0] is app and argv[1] is script
       * await program.parseAsync(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
       *
       * @param {string[]} [argv]
       * @param {object} [parseOptions]
       * @param {string} parseOptions.from - where the args are from: 'node', 'user', 'electron'
       * @return {Promise}
       */
      async parseAsync(argv, parseOptions) {
        this._prepareForParse();
        const userArgs = this._prepareUserArgs(argv, parseOptions);
        await this._parseCommand([], userArgs);
        return this;
      }
      _prepareForParse() {
        if (this._savedState === null) {
          this.saveStateBeforeParse();
        } else {
          this.restoreStateBeforeParse();
        }
      }
      /**
       * Called the first time parse is called to save state and allow a restore before subsequent calls to parse.
       * Not usually called directly, but available for subclasses to save their custom state.
       *
       * This is called in a lazy way. Only commands used in parsing chain will have state saved.
       */
      saveStateBeforeParse() {
        this._savedState = {
          // name is stable if supplied by author, but may be unspecified for root command and deduced during parsing
          _name: this._name,
          // option values before parse have default values (including false for negated options)
          // shallow clones
          _optionValues: { ...this._optionValues },
          _optionValueSources: { ...this._optionValueSources }
        };
      }
      /**
       * Restore state before parse for calls after the first.
       * Not usually called directly, but available for subclasses to save their custom state.
       *
       * This is called in a lazy way. Only commands used in parsing chain will have state restored.
       */
      restoreStateBeforeParse() {
        if (this._storeOptionsAsProperties)
          throw new Error(`Can not call parse again when storeOptionsAsProperties is true.
- either make a new Command for each call to parse, or stop storing options as properties`);
        this._name = this._savedState._name;
        this._scriptPath = null;
        this.rawArgs = [];
        this._optionValues = { ...this._savedState._optionValues };
        this._optionValueSources = { ...this._savedState._optionValueSources };
        this.args = [];
        this.processedArgs = [];
      }
      /**
       * Throw if expected executable is missing. Add lots of help for author.
       *
       * @param {string} executableFile
       * @param {string} executableDir
       * @param {string} subcommandName
       */
      _checkForMissingExecutable(executableFile, executableDir, subcommandName) {
        if (fs.existsSync(executableFile)) return;
        const executableDirMessage = executableDir ? `searched for local subcommand relative to directory '${executableDir}'` : "no directory for search for local subcommand, use .executableDir() to supply a custom directory";
        const executableMissing = `'${executableFile}' does not exist
 - if '${subcommandName}' is not meant to be an executable command, remove description parameter from '.command()' and use '.description()' instead
 - if the default executable name is not suitable, use the executableFile option to supply a custom name or path
 - ${executableDirMessage}`;
        throw new Error(executableMissing);
      }
      /**
       * Execute a sub-command executable.
       *
       * @private
       */
      _executeSubCommand(subcommand, args) {
        args = args.slice();
        let launchWithNode = false;
        const sourceExt = [".js", ".ts", ".tsx", ".mjs", ".cjs"];
        function findFile(baseDir, baseName) {
          const localBin = path.resolve(baseDir, baseName);
          if (fs.existsSync(localBin)) return localBin;
          if (sourceExt.includes(path.extname(baseName))) return void 0;
          const foundExt = sourceExt.find(
            (ext) => fs.existsSync(`${localBin}${ext}`)
          );
          if (foundExt) return `${localBin}${foundExt}`;
          return void 0;
        }
        this._checkForMissingMandatoryOptions();
        this._checkForConflictingOptions();
        let executableFile = subcommand._executableFile || `${this._name}-${subcommand._name}`;
        let executableDir = this._executableDir || "";
        if (this._scriptPath) {
          let resolvedScriptPath;
          try {
            resolvedScriptPath = fs.realpathSync(this._scriptPath);
          } catch {
            resolvedScriptPath = this._scriptPath;
          }
          executableDir = path.resolve(
            path.dirname(resolvedScriptPath),
            executableDir
          );
        }
        if (executableDir) {
          let localFile = findFile(executableDir, executableFile);
          if (!localFile && !subcommand._executableFile && this._scriptPath) {
            const legacyName = path.basename(
              this._scriptPath,
              path.extname(this._scriptPath)
            );
            if (legacyName !== this._name) {
              localFile = findFile(
                executableDir,
                `${legacyName}-${subcommand._name}`
              );
            }
          }
          executableFile = localFile || executableFile;
        }
        launchWithNode = sourceExt.includes(path.extname(executableFile));
        let proc;
        if (process2.platform !== "win32") {
          if (launchWithNode) {
            args.unshift(executableFile);
            args = incrementNodeInspectorPort(process2.execArgv).concat(args);
            proc = childProcess.spawn(process2.argv[0], args, { stdio: "inherit" });
          } else {
            proc = childProcess.spawn(executableFile, args, { stdio: "inherit" });
          }
        } else {
          this._checkForMissingExecutable(
            executableFile,
            executableDir,
            subcommand._name
          );
          args.unshift(executableFile);
          args = incrementNodeInspectorPort(process2.execArgv).concat(args);
          proc = childProcess.spawn(process2.execPath, args, { stdio: "inherit" });
        }
        if (!proc.killed) {
          const signals = ["SIGUSR1", "SIGUSR2", "SIGTERM", "SIGINT", "SIGHUP"];
          signals.forEach((signal) => {
            process2.on(signal, () => {
              if (proc.killed === false && proc.exitCode === null) {
                proc.kill(signal);
              }
            });
          });
        }
        const exitCallback = this._exitCallback;
        proc.on("close", (code2) => {
          code2 = code2 ?? 1;
          if (!exitCallback) {
            process2.exit(code2);
          } else {
            exitCallback(
              new CommanderError2(
                code2,
                "commander.executeSubCommandAsync",
                "(close)"
              )
            );
          }
        });
        proc.on("error", (err) => {
          if (err.code === "ENOENT") {
            this._checkForMissingExecutable(
              executableFile,
              executableDir,
              subcommand._name
            );
          } else if (err.code === "EACCES") {
            throw new Error(`'${executableFile}' not executable`);
          }
          if (!exitCallback) {
            process2.exit(1);
          } else {
            const wrappedError = new CommanderError2(
              1,
              "commander.executeSubCommandAsync",
              "(error)"
            );
            wrappedError.nestedError = err;
            exitCallback(wrappedError);
          }
        });
        this.runningCommand = proc;
      }
      /**
       * @private
       */
      _dispatchSubcommand(commandName, operands, unknown) {
        const subCommand = this._findCommand(commandName);
        if (!subCommand) this.help({ error: true });
        subCommand._prepareForParse();
        let promiseChain;
        promiseChain = this._chainOrCallSubCommandHook(
          promiseChain,
          subCommand,
          "preSubcommand"
        );
        promiseChain = this._chainOrCall(promiseChain, () => {
          if (subCommand._executableHandler) {
            this._executeSubCommand(subCommand, operands.concat(unknown));
          } else {
            return subCommand._parseCommand(operands, unknown);
          }
        });
        return promiseChain;
      }
      /**
       * Invoke help directly if possible, or dispatch if necessary.
       * e.g. help foo
       *
       * @private
       */
      _dispatchHelpCommand(subcommandName) {
        if (!subcommandName) {
          this.help();
        }
        const subCommand = this._findCommand(subcommandName);
        if (subCommand && !subCommand._executableHandler) {
          subCommand.help();
        }
        return this._dispatchSubcommand(
          subcommandName,
          [],
          [this._getHelpOption()?.long ?? this._getHelpOption()?.short ?? "--help"]
        );
      }
      /**
       * Check this.args against expected this.registeredArguments.
       *
       * @private
       */
      _checkNumberOfArguments() {
        this.registeredArguments.forEach((arg, i2) => {
          if (arg.required && this.args[i2] == null) {
            this.missingArgument(arg.name());
          }
        });
        if (this.registeredArguments.length > 0 && this.registeredArguments[this.registeredArguments.length - 1].variadic) {
          return;
        }
        if (this.args.length > this.registeredArguments.length) {
          this._excessArguments(this.args);
        }
      }
      /**
       * Process this.args using this.registeredArguments and save as this.processedArgs!
       *
       * @private
       */
      _processArguments() {
        const myParseArg = (argument, value, previous) => {
          let parsedValue = value;
          if (value !== null && argument.parseArg) {
            const invalidValueMessage = `error: command-argument value '${value}' is invalid for argument '${argument.name()}'.`;
            parsedValue = this._callParseArg(
              argument,
              value,
              previous,
              invalidValueMessage
            );
          }
          return parsedValue;
        };
        this._checkNumberOfArguments();
        const processedArgs = [];
        this.registeredArguments.forEach((declaredArg, index) => {
          let value = declaredArg.defaultValue;
          if (declaredArg.variadic) {
            if (index < this.args.length) {
              value = this.args.slice(index);
              if (declaredArg.parseArg) {
                value = value.reduce((processed, v) => {
                  return myParseArg(declaredArg, v, processed);
                }, declaredArg.defaultValue);
              }
            } else if (value === void 0) {
              value = [];
            }
          } else if (index < this.args.length) {
            value = this.args[index];
            if (declaredArg.parseArg) {
              value = myParseArg(declaredArg, value, declaredArg.defaultValue);
            }
          }
          processedArgs[index] = value;
        });
        this.processedArgs = processedArgs;
      }
      /**
       * Once we have a promise we chain, but call synchronously until then.
       *
       * @param {(Promise|undefined)} promise
       * @param {Function} fn
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCall(promise, fn) {
        if (promise?.then && typeof promise.then === "function") {
          return promise.then(() => fn());
        }
        return fn();
      }
      /**
       *
       * @param {(Promise|undefined)} promise
       * @param {string} event
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCallHooks(promise, event) {
        let result = promise;
        const hooks = [];
        this._getCommandAndAncestors().reverse().filter((cmd) => cmd._lifeCycleHooks[event] !== void 0).forEach((hookedCommand) => {
          hookedCommand._lifeCycleHooks[event].forEach((callback) => {
            hooks.push({ hookedCommand, callback });
          });
        });
        if (event === "postAction") {
          hooks.reverse();
        }
        hooks.forEach((hookDetail) => {
          result = this._chainOrCall(result, () => {
            return hookDetail.callback(hookDetail.hookedCommand, this);
          });
        });
        return result;
      }
      /**
       *
       * @param {(Promise|undefined)} promise
       * @param {Command} subCommand
       * @param {string} event
       * @return {(Promise|undefined)}
       * @private
       */
      _chainOrCallSubCommandHook(promise, subCommand, event) {
        let result = promise;
        if (this._lifeCycleHooks[event] !== void 0) {
          this._lifeCycleHooks[event].forEach((hook) => {
            result = this._chainOrCall(result, () => {
              return hook(this, subCommand);
            });
          });
        }
        return result;
      }
      /**
       * Process arguments in context of this command.
       * Returns action result, in case it is a promise.
       *
       * @private
       */
      _parseCommand(operands, unknown) {
        const parsed = this.parseOptions(unknown);
        this._parseOptionsEnv();
        this._parseOptionsImplied();
        operands = operands.concat(parsed.operands);
        unknown = parsed.unknown;
        this.args = operands.concat(unknown);
        if (operands && this._findCommand(operands[0])) {
          return this._dispatchSubcommand(operands[0], operands.slice(1), unknown);
        }
        if (this._getHelpCommand() && operands[0] === this._getHelpCommand().name()) {
          return this._dispatchHelpCommand(operands[1]);
        }
        if (this._defaultCommandName) {
          this._outputHelpIfRequested(unknown);
          return this._dispatchSubcommand(
            this._defaultCommandName,
            operands,
            unknown
          );
        }
        if (this.commands.length && this.args.length === 0 && !this._actionHandler && !this._defaultCommandName) {
          this.help({ error: true });
        }
        this._outputHelpIfRequested(parsed.unknown);
        this._checkForMissingMandatoryOptions();
        this._checkForConflictingOptions();
        const checkForUnknownOptions = () => {
          if (parsed.unknown.length > 0) {
            this.unknownOption(parsed.unknown[0]);
          }
        };
        const commandEvent = `command:${this.name()}`;
        if (this._actionHandler) {
          checkForUnknownOptions();
          this._processArguments();
          let promiseChain;
          promiseChain = this._chainOrCallHooks(promiseChain, "preAction");
          promiseChain = this._chainOrCall(
            promiseChain,
            () => this._actionHandler(this.processedArgs)
          );
          if (this.parent) {
            promiseChain = this._chainOrCall(promiseChain, () => {
              this.parent.emit(commandEvent, operands, unknown);
            });
          }
          promiseChain = this._chainOrCallHooks(promiseChain, "postAction");
          return promiseChain;
        }
        if (this.parent?.listenerCount(commandEvent)) {
          checkForUnknownOptions();
          this._processArguments();
          this.parent.emit(commandEvent, operands, unknown);
        } else if (operands.length) {
          if (this._findCommand("*")) {
            return this._dispatchSubcommand("*", operands, unknown);
          }
          if (this.listenerCount("command:*")) {
            this.emit("command:*", operands, unknown);
          } else if (this.commands.length) {
            this.unknownCommand();
          } else {
            checkForUnknownOptions();
            this._processArguments();
          }
        } else if (this.commands.length) {
          checkForUnknownOptions();
          this.help({ error: true });
        } else {
          checkForUnknownOptions();
          this._processArguments();
        }
      }
      /**
       * Find matching command.
       *
       * @private
       * @return {Command | undefined}
       */
      _findCommand(name) {
        if (!name) return void 0;
        return this.commands.find(
          (cmd) => cmd._name === name || cmd._aliases.includes(name)
        );
      }
      /**
       * Return an option matching `arg` if any.
       *
       * @param {string} arg
       * @return {Option}
       * @package
       */
      _findOption(arg) {
        return this.options.find((option) => option.is(arg));
      }
      /**
       * Display an error message if a mandatory option does not have a value.
       * Called after checking for help flags in leaf subcommand.
       *
       * @private
       */
      _checkForMissingMandatoryOptions() {
        this._getCommandAndAncestors().forEach((cmd) => {
          cmd.options.forEach((anOption) => {
            if (anOption.mandatory && cmd.getOptionValue(anOption.attributeName()) === void 0) {
              cmd.missingMandatoryOptionValue(anOption);
            }
          });
        });
      }
      /**
       * Display an error message if conflicting options are used together in this.
       *
       * @private
       */
      _checkForConflictingLocalOptions() {
        const definedNonDefaultOptions = this.options.filter((option) => {
          const optionKey = option.attributeName();
          if (this.getOptionValue(optionKey) === void 0) {
            return false;
          }
          return this.getOptionValueSource(optionKey) !== "default";
        });
        const optionsWithConflicting = definedNonDefaultOptions.filter(
          (option) => option.conflictsWith.length > 0
        );
        optionsWithConflicting.forEach((option) => {
          const conflictingAndDefined = definedNonDefaultOptions.find(
            (defined) => option.conflictsWith.includes(defined.attributeName())
          );
          if (conflictingAndDefined) {
            this._conflictingOption(option, conflictingAndDefined);
          }
        });
      }
      /**
       * Display an error message if conflicting options are used together.
       * Called after checking for help flags in leaf subcommand.
       *
       * @private
       */
      _checkForConflictingOptions() {
        this._getCommandAndAncestors().forEach((cmd) => {
          cmd._checkForConflictingLocalOptions();
        });
      }
      /**
       * Parse options from `argv` removing known options,
       * and return argv split into operands and unknown arguments.
       *
       * Side effects: modifies command by storing options. Does not reset state if called again.
       *
       * Examples:
       *
       *     argv => operands, unknown
       *     --known kkk op => [op], []
       *     op --known kkk => [op], []
       *     sub --unknown uuu op => [sub], [--unknown uuu op]
       *     sub -- --unknown uuu op => [sub --unknown uuu op], []
       *
       * @param {string[]} args
       * @return {{operands: string[], unknown: string[]}}
       */
      parseOptions(args) {
        const operands = [];
        const unknown = [];
        let dest = operands;
        function maybeOption(arg) {
          return arg.length > 1 && arg[0] === "-";
        }
        const negativeNumberArg = (arg) => {
          if (!/^-(\d+|\d*\.\d+)(e[+-]?\d+)?$/.test(arg)) return false;
          return !this._getCommandAndAncestors().some(
            (cmd) => cmd.options.map((opt) => opt.short).some((short) => /^-\d$/.test(short))
          );
        };
        let activeVariadicOption = null;
        let activeGroup = null;
        let i2 = 0;
        while (i2 < args.length || activeGroup) {
          const arg = activeGroup ?? args[i2++];
          activeGroup = null;
          if (arg === "--") {
            if (dest === unknown) dest.push(arg);
            dest.push(...args.slice(i2));
            break;
          }
          if (activeVariadicOption && (!maybeOption(arg) || negativeNumberArg(arg))) {
            this.emit(`option:${activeVariadicOption.name()}`, arg);
            continue;
          }
          activeVariadicOption = null;
          if (maybeOption(arg)) {
            const option = this._findOption(arg);
            if (option) {
              if (option.required) {
                const value = args[i2++];
                if (value === void 0) this.optionMissingArgument(option);
                this.emit(`option:${option.name()}`, value);
              } else if (option.optional) {
                let value = null;
                if (i2 < args.length && (!maybeOption(args[i2]) || negativeNumberArg(args[i2]))) {
                  value = args[i2++];
                }
                this.emit(`option:${option.name()}`, value);
              } else {
                this.emit(`option:${option.name()}`);
              }
              activeVariadicOption = option.variadic ? option : null;
              continue;
            }
          }
          if (arg.length > 2 && arg[0] === "-" && arg[1] !== "-") {
            const option = this._findOption(`-${arg[1]}`);
            if (option) {
              if (option.required || option.optional && this._combineFlagAndOptionalValue) {
                this.emit(`option:${option.name()}`, arg.slice(2));
              } else {
                this.emit(`option:${option.name()}`);
                activeGroup = `-${arg.slice(2)}`;
              }
              continue;
            }
          }
          if (/^--[^=]+=/.test(arg)) {
            const index = arg.indexOf("=");
            const option = this._findOption(arg.slice(0, index));
            if (option && (option.required || option.optional)) {
              this.emit(`option:${option.name()}`, arg.slice(index + 1));
              continue;
            }
          }
          if (dest === operands && maybeOption(arg) && !(this.commands.length === 0 && negativeNumberArg(arg))) {
            dest = unknown;
          }
          if ((this._enablePositionalOptions || this._passThroughOptions) && operands.length === 0 && unknown.length === 0) {
            if (this._findCommand(arg)) {
              operands.push(arg);
              unknown.push(...args.slice(i2));
              break;
            } else if (this._getHelpCommand() && arg === this._getHelpCommand().name()) {
              operands.push(arg, ...args.slice(i2));
              break;
            } else if (this._defaultCommandName) {
              unknown.push(arg, ...args.slice(i2));
              break;
            }
          }
          if (this._passThroughOptions) {
            dest.push(arg, ...args.slice(i2));
            break;
          }
          dest.push(arg);
        }
        return { operands, unknown };
      }
      /**
       * Return an object containing local option values as key-value pairs.
       *
       * @return {object}
       */
      opts() {
        if (this._storeOptionsAsProperties) {
          const result = {};
          const len = this.options.length;
          for (let i2 = 0; i2 < len; i2++) {
            const key = this.options[i2].attributeName();
            result[key] = key === this._versionOptionName ? this._version : this[key];
          }
          return result;
        }
        return this._optionValues;
      }
      /**
       * Return an object containing merged local and global option values as key-value pairs.
       *
       * @return {object}
       */
      optsWithGlobals() {
        return this._getCommandAndAncestors().reduce(
          (combinedOptions, cmd) => Object.assign(combinedOptions, cmd.opts()),
          {}
        );
      }
      /**
       * Display error message and exit (or call exitOverride).
       *
       * @param {string} message
       * @param {object} [errorOptions]
       * @param {string} [errorOptions.code] - an id string representing the error
       * @param {number} [errorOptions.exitCode] - used with process.exit
       */
      error(message2, errorOptions) {
        this._outputConfiguration.outputError(
          `${message2}
`,
          this._outputConfiguration.writeErr
        );
        if (typeof this._showHelpAfterError === "string") {
          this._outputConfiguration.writeErr(`${this._showHelpAfterError}
`);
        } else if (this._showHelpAfterError) {
          this._outputConfiguration.writeErr("\n");
          this.outputHelp({ error: true });
        }
        const config = errorOptions || {};
        const exitCode = config.exitCode || 1;
        const code2 = config.code || "commander.error";
        this._exit(exitCode, code2, message2);
      }
      /**
       * Apply any option related environment variables, if option does
       * not have a value from cli or client code.
       *
       * @private
       */
      _parseOptionsEnv() {
        this.options.forEach((option) => {
          if (option.envVar && option.envVar in process2.env) {
            const optionKey = option.attributeName();
            if (this.getOptionValue(optionKey) === void 0 || ["default", "config", "env"].includes(
              this.getOptionValueSource(optionKey)
            )) {
              if (option.required || option.optional) {
                this.emit(`optionEnv:${option.name()}`, process2.env[option.envVar]);
              } else {
                this.emit(`optionEnv:${option.name()}`);
              }
            }
          }
        });
      }
      /**
       * Apply any implied option values, if option is undefined or default value.
       *
       * @private
       */
      _parseOptionsImplied() {
        const dualHelper = new DualOptions(this.options);
        const hasCustomOptionValue = (optionKey) => {
          return this.getOptionValue(optionKey) !== void 0 && !["default", "implied"].includes(this.getOptionValueSource(optionKey));
        };
        this.options.filter(
          (option) => option.implied !== void 0 && hasCustomOptionValue(option.attributeName()) && dualHelper.valueFromOption(
            this.getOptionValue(option.attributeName()),
            option
          )
        ).forEach((option) => {
          Object.keys(option.implied).filter((impliedKey) => !hasCustomOptionValue(impliedKey)).forEach((impliedKey) => {
            this.setOptionValueWithSource(
              impliedKey,
              option.implied[impliedKey],
              "implied"
            );
          });
        });
      }
      /**
       * Argument `name` is missing.
       *
       * @param {string} name
       * @private
       */
      missingArgument(name) {
        const message2 = `error: missing required argument '${name}'`;
        this.error(message2, { code: "commander.missingArgument" });
      }
      /**
       * `Option` is missing an argument.
       *
       * @param {Option} option
       * @private
       */
      optionMissingArgument(option) {
        const message2 = `error: option '${option.flags}' argument missing`;
        this.error(message2, { code: "commander.optionMissingArgument" });
      }
      /**
       * `Option` does not have a value, and is a mandatory option.
       *
       * @param {Option} option
       * @private
       */
      missingMandatoryOptionValue(option) {
        const message2 = `error: required option '${option.flags}' not specified`;
        this.error(message2, { code: "commander.missingMandatoryOptionValue" });
      }
      /**
       * `Option` conflicts with another option.
       *
       * @param {Option} option
       * @param {Option} conflictingOption
       * @private
       */
      _conflictingOption(option, conflictingOption) {
        const findBestOptionFromValue = (option2) => {
          const optionKey = option2.attributeName();
          const optionValue = this.getOptionValue(optionKey);
          const negativeOption = this.options.find(
            (target) => target.negate && optionKey === target.attributeName()
          );
          const positiveOption = this.options.find(
            (target) => !target.negate && optionKey === target.attributeName()
          );
          if (negativeOption && (negativeOption.presetArg === void 0 && optionValue === false || negativeOption.presetArg !== void 0 && optionValue === negativeOption.presetArg)) {
            return negativeOption;
          }
          return positiveOption || option2;
        };
        const getErrorMessage = (option2) => {
          const bestOption = findBestOptionFromValue(option2);
          const optionKey = bestOption.attributeName();
          const source = this.getOptionValueSource(optionKey);
          if (source === "env") {
            return `environment variable '${bestOption.envVar}'`;
          }
          return `option '${bestOption.flags}'`;
        };
        const message2 = `error: ${getErrorMessage(option)} cannot be used with ${getErrorMessage(conflictingOption)}`;
        this.error(message2, { code: "commander.conflictingOption" });
      }
      /**
       * Unknown option `flag`.
       *
       * @param {string} flag
       * @private
       */
      unknownOption(flag2) {
        if (this._allowUnknownOption) return;
        let suggestion = "";
        if (flag2.startsWith("--") && this._showSuggestionAfterError) {
          let candidateFlags = [];
          let command = this;
          do {
            const moreFlags = command.createHelp().visibleOptions(command).filter((option) => option.long).map((option) => option.long);
            candidateFlags = candidateFlags.concat(moreFlags);
            command = command.parent;
          } while (command && !command._enablePositionalOptions);
          suggestion = suggestSimilar(flag2, candidateFlags);
        }
        const message2 = `error: unknown option '${flag2}'${suggestion}`;
        this.error(message2, { code: "commander.unknownOption" });
      }
      /**
       * Excess arguments, more than expected.
       *
       * @param {string[]} receivedArgs
       * @private
       */
      _excessArguments(receivedArgs) {
        if (this._allowExcessArguments) return;
        const expected = this.registeredArguments.length;
        const s = expected === 1 ? "" : "s";
        const forSubcommand = this.parent ? ` for '${this.name()}'` : "";
        const message2 = `error: too many arguments${forSubcommand}. Expected ${expected} argument${s} but got ${receivedArgs.length}.`;
        this.error(message2, { code: "commander.excessArguments" });
      }
      /**
       * Unknown command.
       *
       * @private
       */
      unknownCommand() {
        const unknownName = this.args[0];
        let suggestion = "";
        if (this._showSuggestionAfterError) {
          const candidateNames = [];
          this.createHelp().visibleCommands(this).forEach((command) => {
            candidateNames.push(command.name());
            if (command.alias()) candidateNames.push(command.alias());
          });
          suggestion = suggestSimilar(unknownName, candidateNames);
        }
        const message2 = `error: unknown command '${unknownName}'${suggestion}`;
        this.error(message2, { code: "commander.unknownCommand" });
      }
      /**
       * Get or set the program version.
       *
       * This method auto-registers the "-V, --version" option which will print the version number.
       *
       * You can optionally supply the flags and description to override the defaults.
       *
       * @param {string} [str]
       * @param {string} [flags]
       * @param {string} [description]
       * @return {(this | string | undefined)} `this` command for chaining, or version string if no arguments
       */
      version(str, flags, description) {
        if (str === void 0) return this._version;
        this._version = str;
        flags = flags || "-V, --version";
        description = description || "output the version number";
        const versionOption = this.createOption(flags, description);
        this._versionOptionName = versionOption.attributeName();
        this._registerOption(versionOption);
        this.on("option:" + versionOption.name(), () => {
          this._outputConfiguration.writeOut(`${str}
`);
          this._exit(0, "commander.version", str);
        });
        return this;
      }
      /**
       * Set the description.
       *
       * @param {string} [str]
       * @param {object} [argsDescription]
       * @return {(string|Command)}
       */
      description(str, argsDescription) {
        if (str === void 0 && argsDescription === void 0)
          return this._description;
        this._description = str;
        if (argsDescription) {
          this._argsDescription = argsDescription;
        }
        return this;
      }
      /**
       * Set the summary. Used when listed as subcommand of parent.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      summary(str) {
        if (str === void 0) return this._summary;
        this._summary = str;
        return this;
      }
      /**
       * Set an alias for the command.
       *
       * You may call more than once to add multiple aliases. Only the first alias is shown in the auto-generated help.
       *
       * @param {string} [alias]
       * @return {(string|Command)}
       */
      alias(alias) {
        if (alias === void 0) return this._aliases[0];
        let command = this;
        if (this.commands.length !== 0 && this.commands[this.commands.length - 1]._executableHandler) {
          command = this.commands[this.commands.length - 1];
        }
        if (alias === command._name)
          throw new Error("Command alias can't be the same as its name");
        const matchingCommand = this.parent?._findCommand(alias);
        if (matchingCommand) {
          const existingCmd = [matchingCommand.name()].concat(matchingCommand.aliases()).join("|");
          throw new Error(
            `cannot add alias '${alias}' to command '${this.name()}' as already have command '${existingCmd}'`
          );
        }
        command._aliases.push(alias);
        return this;
      }
      /**
       * Set aliases for the command.
       *
       * Only the first alias is shown in the auto-generated help.
       *
       * @param {string[]} [aliases]
       * @return {(string[]|Command)}
       */
      aliases(aliases) {
        if (aliases === void 0) return this._aliases;
        aliases.forEach((alias) => this.alias(alias));
        return this;
      }
      /**
       * Set / get the command usage `str`.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      usage(str) {
        if (str === void 0) {
          if (this._usage) return this._usage;
          const args = this.registeredArguments.map((arg) => {
            return humanReadableArgName(arg);
          });
          return [].concat(
            this.options.length || this._helpOption !== null ? "[options]" : [],
            this.commands.length ? "[command]" : [],
            this.registeredArguments.length ? args : []
          ).join(" ");
        }
        this._usage = str;
        return this;
      }
      /**
       * Get or set the name of the command.
       *
       * @param {string} [str]
       * @return {(string|Command)}
       */
      name(str) {
        if (str === void 0) return this._name;
        this._name = str;
        return this;
      }
      /**
       * Set/get the help group heading for this subcommand in parent command's help.
       *
       * @param {string} [heading]
       * @return {Command | string}
       */
      helpGroup(heading2) {
        if (heading2 === void 0) return this._helpGroupHeading ?? "";
        this._helpGroupHeading = heading2;
        return this;
      }
      /**
       * Set/get the default help group heading for subcommands added to this command.
       * (This does not override a group set directly on the subcommand using .helpGroup().)
       *
       * @example
       * program.commandsGroup('Development Commands:);
       * program.command('watch')...
       * program.command('lint')...
       * ...
       *
       * @param {string} [heading]
       * @returns {Command | string}
       */
      commandsGroup(heading2) {
        if (heading2 === void 0) return this._defaultCommandGroup ?? "";
        this._defaultCommandGroup = heading2;
        return this;
      }
      /**
       * Set/get the default help group heading for options added to this command.
       * (This does not override a group set directly on the option using .helpGroup().)
       *
       * @example
       * program
       *   .optionsGroup('Development Options:')
       *   .option('-d, --debug', 'output extra debugging')
       *   .option('-p, --profile', 'output profiling information')
       *
       * @param {string} [heading]
       * @returns {Command | string}
       */
      optionsGroup(heading2) {
        if (heading2 === void 0) return this._defaultOptionGroup ?? "";
        this._defaultOptionGroup = heading2;
        return this;
      }
      /**
       * @param {Option} option
       * @private
       */
      _initOptionGroup(option) {
        if (this._defaultOptionGroup && !option.helpGroupHeading)
          option.helpGroup(this._defaultOptionGroup);
      }
      /**
       * @param {Command} cmd
       * @private
       */
      _initCommandGroup(cmd) {
        if (this._defaultCommandGroup && !cmd.helpGroup())
          cmd.helpGroup(this._defaultCommandGroup);
      }
      /**
       * Set the name of the command from script filename, such as process.argv[1],
       * or require.main.filename, or __filename.
       *
       * (Used internally and public although not documented in README.)
       *
       * @example
       * program.nameFromFilename(require.main.filename);
       *
       * @param {string} filename
       * @return {Command}
       */
      nameFromFilename(filename) {
        this._name = path.basename(filename, path.extname(filename));
        return this;
      }
      /**
       * Get or set the directory for searching for executable subcommands of this command.
       *
       * @example
       * program.executableDir(__dirname);
       * // or
       * program.executableDir('subcommands');
       *
       * @param {string} [path]
       * @return {(string|null|Command)}
       */
      executableDir(path2) {
        if (path2 === void 0) return this._executableDir;
        this._executableDir = path2;
        return this;
      }
      /**
       * Return program help documentation.
       *
       * @param {{ error: boolean }} [contextOptions] - pass {error:true} to wrap for stderr instead of stdout
       * @return {string}
       */
      helpInformation(contextOptions) {
        const helper = this.createHelp();
        const context = this._getOutputContext(contextOptions);
        helper.prepareContext({
          error: context.error,
          helpWidth: context.helpWidth,
          outputHasColors: context.hasColors
        });
        const text3 = helper.formatHelp(this, helper);
        if (context.hasColors) return text3;
        return this._outputConfiguration.stripColor(text3);
      }
      /**
       * @typedef HelpContext
       * @type {object}
       * @property {boolean} error
       * @property {number} helpWidth
       * @property {boolean} hasColors
       * @property {function} write - includes stripColor if needed
       *
       * @returns {HelpContext}
       * @private
       */
      _getOutputContext(contextOptions) {
        contextOptions = contextOptions || {};
        const error = !!contextOptions.error;
        let baseWrite;
        let hasColors;
        let helpWidth;
        if (error) {
          baseWrite = (str) => this._outputConfiguration.writeErr(str);
          hasColors = this._outputConfiguration.getErrHasColors();
          helpWidth = this._outputConfiguration.getErrHelpWidth();
        } else {
          baseWrite = (str) => this._outputConfiguration.writeOut(str);
          hasColors = this._outputConfiguration.getOutHasColors();
          helpWidth = this._outputConfiguration.getOutHelpWidth();
        }
        const write = (str) => {
          if (!hasColors) str = this._outputConfiguration.stripColor(str);
          return baseWrite(str);
        };
        return { error, write, hasColors, helpWidth };
      }
      /**
       * Output help information for this command.
       *
       * Outputs built-in help, and custom text added using `.addHelpText()`.
       *
       * @param {{ error: boolean } | Function} [contextOptions] - pass {error:true} to write to stderr instead of stdout
       */
      outputHelp(contextOptions) {
        let deprecatedCallback;
        if (typeof contextOptions === "function") {
          deprecatedCallback = contextOptions;
          contextOptions = void 0;
        }
        const outputContext = this._getOutputContext(contextOptions);
        const eventContext = {
          error: outputContext.error,
          write: outputContext.write,
          command: this
        };
        this._getCommandAndAncestors().reverse().forEach((command) => command.emit("beforeAllHelp", eventContext));
        this.emit("beforeHelp", eventContext);
        let helpInformation = this.helpInformation({ error: outputContext.error });
        if (deprecatedCallback) {
          helpInformation = deprecatedCallback(helpInformation);
          if (typeof helpInformation !== "string" && !Buffer.isBuffer(helpInformation)) {
            throw new Error("outputHelp callback must return a string or a Buffer");
          }
        }
        outputContext.write(helpInformation);
        if (this._getHelpOption()?.long) {
          this.emit(this._getHelpOption().long);
        }
        this.emit("afterHelp", eventContext);
        this._getCommandAndAncestors().forEach(
          (command) => command.emit("afterAllHelp", eventContext)
        );
      }
      /**
       * You can pass in flags and a description to customise the built-in help option.
       * Pass in false to disable the built-in help option.
       *
       * @example
       * program.helpOption('-?, --help' 'show help'); // customise
       * program.helpOption(false); // disable
       *
       * @param {(string | boolean)} flags
       * @param {string} [description]
       * @return {Command} `this` command for chaining
       */
      helpOption(flags, description) {
        if (typeof flags === "boolean") {
          if (flags) {
            if (this._helpOption === null) this._helpOption = void 0;
            if (this._defaultOptionGroup) {
              this._initOptionGroup(this._getHelpOption());
            }
          } else {
            this._helpOption = null;
          }
          return this;
        }
        this._helpOption = this.createOption(
          flags ?? "-h, --help",
          description ?? "display help for command"
        );
        if (flags || description) this._initOptionGroup(this._helpOption);
        return this;
      }
      /**
       * Lazy create help option.
       * Returns null if has been disabled with .helpOption(false).
       *
       * @returns {(Option | null)} the help option
       * @package
       */
      _getHelpOption() {
        if (this._helpOption === void 0) {
          this.helpOption(void 0, void 0);
        }
        return this._helpOption;
      }
      /**
       * Supply your own option to use for the built-in help option.
       * This is an alternative to using helpOption() to customise the flags and description etc.
       *
       * @param {Option} option
       * @return {Command} `this` command for chaining
       */
      addHelpOption(option) {
        this._helpOption = option;
        this._initOptionGroup(option);
        return this;
      }
      /**
       * Output help information and exit.
       *
       * Outputs built-in help, and custom text added using `.addHelpText()`.
       *
       * @param {{ error: boolean }} [contextOptions] - pass {error:true} to write to stderr instead of stdout
       */
      help(contextOptions) {
        this.outputHelp(contextOptions);
        let exitCode = Number(process2.exitCode ?? 0);
        if (exitCode === 0 && contextOptions && typeof contextOptions !== "function" && contextOptions.error) {
          exitCode = 1;
        }
        this._exit(exitCode, "commander.help", "(outputHelp)");
      }
      /**
       * // Do a little typing to coordinate emit and listener for the help text events.
       * @typedef HelpTextEventContext
       * @type {object}
       * @property {boolean} error
       * @property {Command} command
       * @property {function} write
       */
      /**
       * Add additional text to be displayed with the built-in help.
       *
       * Position is 'before' or 'after' to affect just this command,
       * and 'beforeAll' or 'afterAll' to affect this command and all its subcommands.
       *
       * @param {string} position - before or after built-in help
       * @param {(string | Function)} text - string to add, or a function returning a string
       * @return {Command} `this` command for chaining
       */
      addHelpText(position, text3) {
        const allowedValues = ["beforeAll", "before", "after", "afterAll"];
        if (!allowedValues.includes(position)) {
          throw new Error(`Unexpected value for position to addHelpText.
Expecting one of '${allowedValues.join("', '")}'`);
        }
        const helpEvent = `${position}Help`;
        this.on(helpEvent, (context) => {
          let helpStr;
          if (typeof text3 === "function") {
            helpStr = text3({ error: context.error, command: context.command });
          } else {
            helpStr = text3;
          }
          if (helpStr) {
            context.write(`${helpStr}
`);
          }
        });
        return this;
      }
      /**
       * Output help information if help flags specified
       *
       * @param {Array} args - array of options to search for help flags
       * @private
       */
      _outputHelpIfRequested(args) {
        const helpOption = this._getHelpOption();
        const helpRequested = helpOption && args.find((arg) => helpOption.is(arg));
        if (helpRequested) {
          this.outputHelp();
          this._exit(0, "commander.helpDisplayed", "(outputHelp)");
        }
      }
    };
    function incrementNodeInspectorPort(args) {
      return args.map((arg) => {
        if (!arg.startsWith("--inspect")) {
          return arg;
        }
        let debugOption;
        let debugHost = "127.0.0.1";
        let debugPort = "9229";
        let match;
        if ((match = arg.match(/^(--inspect(-brk)?)$/)) !== null) {
          debugOption = match[1];
        } else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+)$/)) !== null) {
          debugOption = match[1];
          if (/^\d+$/.test(match[3])) {
            debugPort = match[3];
          } else {
            debugHost = match[3];
          }
        } else if ((match = arg.match(/^(--inspect(-brk|-port)?)=([^:]+):(\d+)$/)) !== null) {
          debugOption = match[1];
          debugHost = match[3];
          debugPort = match[4];
        }
        if (debugOption && debugPort !== "0") {
          return `${debugOption}=${debugHost}:${parseInt(debugPort) + 1}`;
        }
        return arg;
      });
    }
    function useColor() {
      if (process2.env.NO_COLOR || process2.env.FORCE_COLOR === "0" || process2.env.FORCE_COLOR === "false")
        return false;
      if (process2.env.FORCE_COLOR || process2.env.CLICOLOR_FORCE !== void 0)
        return true;
      return void 0;
    }
    exports2.Command = Command2;
    exports2.useColor = useColor;
  }
});

// node_modules/commander/index.js
var require_commander = __commonJS({
  "node_modules/commander/index.js"(exports2) {
    var { Argument: Argument2 } = require_argument();
    var { Command: Command2 } = require_command();
    var { CommanderError: CommanderError2, InvalidArgumentError: InvalidArgumentError2 } = require_error();
    var { Help: Help2 } = require_help();
    var { Option: Option2 } = require_option();
    exports2.program = new Command2();
    exports2.createCommand = (name) => new Command2(name);
    exports2.createOption = (flags, description) => new Option2(flags, description);
    exports2.createArgument = (name, description) => new Argument2(name, description);
    exports2.Command = Command2;
    exports2.Option = Option2;
    exports2.Argument = Argument2;
    exports2.Help = Help2;
    exports2.CommanderError = CommanderError2;
    exports2.InvalidArgumentError = InvalidArgumentError2;
    exports2.InvalidOptionArgumentError = InvalidArgumentError2;
  }
});

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
      var self2 = this;
      self2.options = options || {};
      self2.proxyOptions = self2.options.proxy || {};
      self2.maxSockets = self2.options.maxSockets || http3.Agent.defaultMaxSockets;
      self2.requests = [];
      self2.sockets = [];
      self2.on("free", function onFree(socket, host, port, localAddress) {
        var options2 = toOptions(host, port, localAddress);
        for (var i2 = 0, len = self2.requests.length; i2 < len; ++i2) {
          var pending = self2.requests[i2];
          if (pending.host === options2.host && pending.port === options2.port) {
            self2.requests.splice(i2, 1);
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
      var connectOptions2 = mergeOptions({}, self2.proxyOptions, {
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
      debug("making CONNECT request");
      var connectReq = self2.request(connectOptions2);
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
      for (var i2 = 1, len = arguments.length; i2 < len; ++i2) {
        var overrides = arguments[i2];
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
        var args = Array.prototype.slice.call(arguments);
        if (typeof args[0] === "string") {
          args[0] = "TUNNEL: " + args[0];
        } else {
          args.unshift("TUNNEL:");
        }
        console.error.apply(console, args);
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
        var i2 = 0;
        var base = alphabet.length;
        var first = alphabet.charAt(0);
        var digits = [0];
        for (i2 = 0; i2 < input.length; ++i2) {
          for (var j = 0, carry = input[i2]; j < digits.length; ++j) {
            carry += digits[j] << 8;
            digits[j] = carry % base;
            carry = carry / base | 0;
          }
          while (carry > 0) {
            digits.push(carry % base);
            carry = carry / base | 0;
          }
        }
        for (i2 = 0; input[i2] === 0 && i2 < input.length - 1; ++i2) {
          output += first;
        }
        for (i2 = digits.length - 1; i2 >= 0; --i2) {
          output += alphabet[digits[i2]];
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
        for (var i2 = 0; i2 < alphabet.length; ++i2) {
          table2[alphabet.charCodeAt(i2)] = i2;
        }
      }
      input = input.replace(/\s/g, "");
      var base = alphabet.length;
      var first = alphabet.charAt(0);
      var bytes = [0];
      for (var i2 = 0; i2 < input.length; i2++) {
        var value = table2[input.charCodeAt(i2)];
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
      var i2 = 0;
      var base = alphabet.length;
      var first = alphabet.charAt(0);
      var digits = [0];
      for (i2 = 0; i2 < input.length(); ++i2) {
        for (var j = 0, carry = input.at(i2); j < digits.length; ++j) {
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
      for (i2 = 0; input.at(i2) === 0 && i2 < input.length() - 1; ++i2) {
        output += first;
      }
      for (i2 = digits.length - 1; i2 >= 0; --i2) {
        output += alphabet[digits[i2]];
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
    function _checkBitsParam(n2) {
      if (!(n2 === 8 || n2 === 16 || n2 === 24 || n2 === 32)) {
        throw new Error("Only 8, 16, 24, or 32 bits supported: " + n2);
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
            for (var i2 = 0; i2 < arr.length; ++i2) {
              this.putByte(arr[i2]);
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
    util.ByteStringBuffer.prototype.fillWithByte = function(b, n2) {
      b = String.fromCharCode(b);
      var d = this.data;
      while (n2 > 0) {
        if (n2 & 1) {
          d += b;
        }
        n2 >>>= 1;
        if (n2 > 0) {
          b += b;
        }
      }
      this.data = d;
      this._optimizeConstructedString(n2);
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
    util.ByteStringBuffer.prototype.putInt16 = function(i2) {
      return this.putBytes(
        String.fromCharCode(i2 >> 8 & 255) + String.fromCharCode(i2 & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt24 = function(i2) {
      return this.putBytes(
        String.fromCharCode(i2 >> 16 & 255) + String.fromCharCode(i2 >> 8 & 255) + String.fromCharCode(i2 & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt32 = function(i2) {
      return this.putBytes(
        String.fromCharCode(i2 >> 24 & 255) + String.fromCharCode(i2 >> 16 & 255) + String.fromCharCode(i2 >> 8 & 255) + String.fromCharCode(i2 & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt16Le = function(i2) {
      return this.putBytes(
        String.fromCharCode(i2 & 255) + String.fromCharCode(i2 >> 8 & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt24Le = function(i2) {
      return this.putBytes(
        String.fromCharCode(i2 & 255) + String.fromCharCode(i2 >> 8 & 255) + String.fromCharCode(i2 >> 16 & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt32Le = function(i2) {
      return this.putBytes(
        String.fromCharCode(i2 & 255) + String.fromCharCode(i2 >> 8 & 255) + String.fromCharCode(i2 >> 16 & 255) + String.fromCharCode(i2 >> 24 & 255)
      );
    };
    util.ByteStringBuffer.prototype.putInt = function(i2, n2) {
      _checkBitsParam(n2);
      var bytes = "";
      do {
        n2 -= 8;
        bytes += String.fromCharCode(i2 >> n2 & 255);
      } while (n2 > 0);
      return this.putBytes(bytes);
    };
    util.ByteStringBuffer.prototype.putSignedInt = function(i2, n2) {
      if (i2 < 0) {
        i2 += 2 << n2 - 1;
      }
      return this.putInt(i2, n2);
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
    util.ByteStringBuffer.prototype.getInt = function(n2) {
      _checkBitsParam(n2);
      var rval = 0;
      do {
        rval = (rval << 8) + this.data.charCodeAt(this.read++);
        n2 -= 8;
      } while (n2 > 0);
      return rval;
    };
    util.ByteStringBuffer.prototype.getSignedInt = function(n2) {
      var x = this.getInt(n2);
      var max = 2 << n2 - 2;
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
    util.ByteStringBuffer.prototype.at = function(i2) {
      return this.data.charCodeAt(this.read + i2);
    };
    util.ByteStringBuffer.prototype.setAt = function(i2, b) {
      this.data = this.data.substr(0, this.read + i2) + String.fromCharCode(b) + this.data.substr(this.read + i2 + 1);
      return this;
    };
    util.ByteStringBuffer.prototype.last = function() {
      return this.data.charCodeAt(this.data.length - 1);
    };
    util.ByteStringBuffer.prototype.copy = function() {
      var c2 = util.createBuffer(this.data);
      c2.read = this.read;
      return c2;
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
      for (var i2 = this.read; i2 < this.data.length; ++i2) {
        var b = this.data.charCodeAt(i2);
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
    util.DataBuffer.prototype.fillWithByte = function(b, n2) {
      this.accommodate(n2);
      for (var i2 = 0; i2 < n2; ++i2) {
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
    util.DataBuffer.prototype.putInt16 = function(i2) {
      this.accommodate(2);
      this.data.setInt16(this.write, i2);
      this.write += 2;
      return this;
    };
    util.DataBuffer.prototype.putInt24 = function(i2) {
      this.accommodate(3);
      this.data.setInt16(this.write, i2 >> 8 & 65535);
      this.data.setInt8(this.write, i2 >> 16 & 255);
      this.write += 3;
      return this;
    };
    util.DataBuffer.prototype.putInt32 = function(i2) {
      this.accommodate(4);
      this.data.setInt32(this.write, i2);
      this.write += 4;
      return this;
    };
    util.DataBuffer.prototype.putInt16Le = function(i2) {
      this.accommodate(2);
      this.data.setInt16(this.write, i2, true);
      this.write += 2;
      return this;
    };
    util.DataBuffer.prototype.putInt24Le = function(i2) {
      this.accommodate(3);
      this.data.setInt8(this.write, i2 >> 16 & 255);
      this.data.setInt16(this.write, i2 >> 8 & 65535, true);
      this.write += 3;
      return this;
    };
    util.DataBuffer.prototype.putInt32Le = function(i2) {
      this.accommodate(4);
      this.data.setInt32(this.write, i2, true);
      this.write += 4;
      return this;
    };
    util.DataBuffer.prototype.putInt = function(i2, n2) {
      _checkBitsParam(n2);
      this.accommodate(n2 / 8);
      do {
        n2 -= 8;
        this.data.setInt8(this.write++, i2 >> n2 & 255);
      } while (n2 > 0);
      return this;
    };
    util.DataBuffer.prototype.putSignedInt = function(i2, n2) {
      _checkBitsParam(n2);
      this.accommodate(n2 / 8);
      if (i2 < 0) {
        i2 += 2 << n2 - 1;
      }
      return this.putInt(i2, n2);
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
    util.DataBuffer.prototype.getInt = function(n2) {
      _checkBitsParam(n2);
      var rval = 0;
      do {
        rval = (rval << 8) + this.data.getInt8(this.read++);
        n2 -= 8;
      } while (n2 > 0);
      return rval;
    };
    util.DataBuffer.prototype.getSignedInt = function(n2) {
      var x = this.getInt(n2);
      var max = 2 << n2 - 2;
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
    util.DataBuffer.prototype.at = function(i2) {
      return this.data.getUint8(this.read + i2);
    };
    util.DataBuffer.prototype.setAt = function(i2, b) {
      this.data.setUint8(i2, b);
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
      for (var i2 = this.read; i2 < this.data.byteLength; ++i2) {
        var b = this.data.getUint8(i2);
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
    util.fillString = function(c2, n2) {
      var s = "";
      while (n2 > 0) {
        if (n2 & 1) {
          s += c2;
        }
        n2 >>>= 1;
        if (n2 > 0) {
          c2 += c2;
        }
      }
      return s;
    };
    util.xorBytes = function(s1, s2, n2) {
      var s3 = "";
      var b = "";
      var t2 = "";
      var i2 = 0;
      var c2 = 0;
      for (; n2 > 0; --n2, ++i2) {
        b = s1.charCodeAt(i2) ^ s2.charCodeAt(i2);
        if (c2 >= 10) {
          s3 += t2;
          t2 = "";
          c2 = 0;
        }
        t2 += String.fromCharCode(b);
        ++c2;
      }
      s3 += t2;
      return s3;
    };
    util.hexToBytes = function(hex2) {
      var rval = "";
      var i2 = 0;
      if (hex2.length & true) {
        i2 = 1;
        rval += String.fromCharCode(parseInt(hex2[0], 16));
      }
      for (; i2 < hex2.length; i2 += 2) {
        rval += String.fromCharCode(parseInt(hex2.substr(i2, 2), 16));
      }
      return rval;
    };
    util.bytesToHex = function(bytes) {
      return util.createBuffer(bytes).toHex();
    };
    util.int32ToBytes = function(i2) {
      return String.fromCharCode(i2 >> 24 & 255) + String.fromCharCode(i2 >> 16 & 255) + String.fromCharCode(i2 >> 8 & 255) + String.fromCharCode(i2 & 255);
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
      var i2 = 0;
      while (i2 < input.length) {
        chr1 = input.charCodeAt(i2++);
        chr2 = input.charCodeAt(i2++);
        chr3 = input.charCodeAt(i2++);
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
      var i2 = 0;
      while (i2 < input.length) {
        enc1 = _base64Idx[input.charCodeAt(i2++) - 43];
        enc2 = _base64Idx[input.charCodeAt(i2++) - 43];
        enc3 = _base64Idx[input.charCodeAt(i2++) - 43];
        enc4 = _base64Idx[input.charCodeAt(i2++) - 43];
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
      for (var i2 = 0; i2 < str.length; ++i2) {
        out[j++] = str.charCodeAt(i2);
      }
      return output ? j - offset : out;
    };
    util.binary.hex.encode = util.bytesToHex;
    util.binary.hex.decode = function(hex2, output, offset) {
      var out = output;
      if (!out) {
        out = new Uint8Array(Math.ceil(hex2.length / 2));
      }
      offset = offset || 0;
      var i2 = 0, j = offset;
      if (hex2.length & 1) {
        i2 = 1;
        out[j++] = parseInt(hex2[0], 16);
      }
      for (; i2 < hex2.length; i2 += 2) {
        out[j++] = parseInt(hex2.substr(i2, 2), 16);
      }
      return output ? j - offset : out;
    };
    util.binary.base64.encode = function(input, maxline) {
      var line2 = "";
      var output = "";
      var chr1, chr2, chr3;
      var i2 = 0;
      while (i2 < input.byteLength) {
        chr1 = input[i2++];
        chr2 = input[i2++];
        chr3 = input[i2++];
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
      var i2 = 0, j = offset;
      while (i2 < input.length) {
        enc1 = _base64Idx[input.charCodeAt(i2++) - 43];
        enc2 = _base64Idx[input.charCodeAt(i2++) - 43];
        enc3 = _base64Idx[input.charCodeAt(i2++) - 43];
        enc4 = _base64Idx[input.charCodeAt(i2++) - 43];
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
      for (var i2 = 0; i2 < str.length; ++i2) {
        out[j++] = str.charCodeAt(i2);
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
      for (var i2 = 0; i2 < str.length; ++i2) {
        view[k++] = str.charCodeAt(i2);
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
        var start3 = 2;
        var flg = bytes.charCodeAt(1);
        if (flg & 32) {
          start3 = 6;
        }
        bytes = bytes.substring(start3, bytes.length - 4);
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
    var _callStorageFunction = function(func, args, location) {
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
            if (args[0] === null) {
              throw new Error("Flash local storage not available.");
            }
            rval = func.apply(this, args);
            done = type === "flash";
          }
          if (type === "web" || type === "both") {
            args[0] = localStorage;
            rval = func.apply(this, args);
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
      var n2 = number, c2 = isNaN(decimals = Math.abs(decimals)) ? 2 : decimals;
      var d = dec_point === void 0 ? "," : dec_point;
      var t2 = thousands_sep === void 0 ? "." : thousands_sep, s = n2 < 0 ? "-" : "";
      var i2 = parseInt(n2 = Math.abs(+n2 || 0).toFixed(c2), 10) + "";
      var j = i2.length > 3 ? i2.length % 3 : 0;
      return s + (j ? i2.substr(0, j) + t2 : "") + i2.substr(j).replace(/(\d{3})(?=\d)/g, "$1" + t2) + (c2 ? d + Math.abs(n2 - i2).toFixed(c2).slice(2) : "");
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
      for (var i2 = 0; i2 < ip.length; ++i2) {
        var num = parseInt(ip[i2], 10);
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
      for (var i2 = 0; i2 < 8; ++i2) {
        if (!ip[i2] || ip[i2].length === 0) {
          b.fillWithByte(0, zeros);
          zeros = 0;
          continue;
        }
        var bytes = util.hexToBytes(ip[i2]);
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
      for (var i2 = 0; i2 < bytes.length; ++i2) {
        ip.push(bytes.charCodeAt(i2));
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
      for (var i2 = 0; i2 < bytes.length; i2 += 2) {
        var hex2 = util.bytesToHex(bytes[i2] + bytes[i2 + 1]);
        while (hex2[0] === "0" && hex2 !== "0") {
          hex2 = hex2.substr(1);
        }
        if (hex2 === "0") {
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
        ip.push(hex2);
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
        for (var i2 = 0; i2 < numWorkers; ++i2) {
          var worker = new Worker(blobUrl);
          worker.addEventListener("message", function(e) {
            results.push(e.data);
            if (results.length === numWorkers) {
              for (var i3 = 0; i3 < numWorkers; ++i3) {
                workers[i3].terminate();
              }
              callback2(null, results);
            }
          });
          workers.push(worker);
        }
        for (var i2 = 0; i2 < numWorkers; ++i2) {
          workers[i2].postMessage(i2);
        }
      }
      function reduce(numWorkers, results) {
        var overlaps = [];
        for (var n2 = 0; n2 < numWorkers; ++n2) {
          var r1 = results[n2];
          var overlap = overlaps[n2] = [];
          for (var i2 = 0; i2 < numWorkers; ++i2) {
            if (n2 === i2) {
              continue;
            }
            var r2 = results[i2];
            if (r1.st > r2.st && r1.st < r2.et || r2.st > r1.st && r2.st < r1.et) {
              overlap.push(i2);
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
      for (var i2 = 0; i2 < this._ints; ++i2) {
        this._inBlock[i2] = input.getInt32();
      }
      this.cipher.encrypt(this._inBlock, this._outBlock);
      for (var i2 = 0; i2 < this._ints; ++i2) {
        output.putInt32(this._outBlock[i2]);
      }
    };
    modes.ecb.prototype.decrypt = function(input, output, finish) {
      if (input.length() < this.blockSize && !(finish && input.length() > 0)) {
        return true;
      }
      for (var i2 = 0; i2 < this._ints; ++i2) {
        this._inBlock[i2] = input.getInt32();
      }
      this.cipher.decrypt(this._inBlock, this._outBlock);
      for (var i2 = 0; i2 < this._ints; ++i2) {
        output.putInt32(this._outBlock[i2]);
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
      for (var i2 = 2; i2 <= count; ++i2) {
        if (output.at(len - i2) !== count) {
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
      for (var i2 = 0; i2 < this._ints; ++i2) {
        this._inBlock[i2] = this._prev[i2] ^ input.getInt32();
      }
      this.cipher.encrypt(this._inBlock, this._outBlock);
      for (var i2 = 0; i2 < this._ints; ++i2) {
        output.putInt32(this._outBlock[i2]);
      }
      this._prev = this._outBlock;
    };
    modes.cbc.prototype.decrypt = function(input, output, finish) {
      if (input.length() < this.blockSize && !(finish && input.length() > 0)) {
        return true;
      }
      for (var i2 = 0; i2 < this._ints; ++i2) {
        this._inBlock[i2] = input.getInt32();
      }
      this.cipher.decrypt(this._inBlock, this._outBlock);
      for (var i2 = 0; i2 < this._ints; ++i2) {
        output.putInt32(this._prev[i2] ^ this._outBlock[i2]);
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
      for (var i2 = 2; i2 <= count; ++i2) {
        if (output.at(len - i2) !== count) {
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
        for (var i2 = 0; i2 < this._ints; ++i2) {
          this._inBlock[i2] = input.getInt32() ^ this._outBlock[i2];
          output.putInt32(this._inBlock[i2]);
        }
        return;
      }
      var partialBytes = (this.blockSize - inputLength) % this.blockSize;
      if (partialBytes > 0) {
        partialBytes = this.blockSize - partialBytes;
      }
      this._partialOutput.clear();
      for (var i2 = 0; i2 < this._ints; ++i2) {
        this._partialBlock[i2] = input.getInt32() ^ this._outBlock[i2];
        this._partialOutput.putInt32(this._partialBlock[i2]);
      }
      if (partialBytes > 0) {
        input.read -= this.blockSize;
      } else {
        for (var i2 = 0; i2 < this._ints; ++i2) {
          this._inBlock[i2] = this._partialBlock[i2];
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
        for (var i2 = 0; i2 < this._ints; ++i2) {
          this._inBlock[i2] = input.getInt32();
          output.putInt32(this._inBlock[i2] ^ this._outBlock[i2]);
        }
        return;
      }
      var partialBytes = (this.blockSize - inputLength) % this.blockSize;
      if (partialBytes > 0) {
        partialBytes = this.blockSize - partialBytes;
      }
      this._partialOutput.clear();
      for (var i2 = 0; i2 < this._ints; ++i2) {
        this._partialBlock[i2] = input.getInt32();
        this._partialOutput.putInt32(this._partialBlock[i2] ^ this._outBlock[i2]);
      }
      if (partialBytes > 0) {
        input.read -= this.blockSize;
      } else {
        for (var i2 = 0; i2 < this._ints; ++i2) {
          this._inBlock[i2] = this._partialBlock[i2];
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
        for (var i2 = 0; i2 < this._ints; ++i2) {
          output.putInt32(input.getInt32() ^ this._outBlock[i2]);
          this._inBlock[i2] = this._outBlock[i2];
        }
        return;
      }
      var partialBytes = (this.blockSize - inputLength) % this.blockSize;
      if (partialBytes > 0) {
        partialBytes = this.blockSize - partialBytes;
      }
      this._partialOutput.clear();
      for (var i2 = 0; i2 < this._ints; ++i2) {
        this._partialOutput.putInt32(input.getInt32() ^ this._outBlock[i2]);
      }
      if (partialBytes > 0) {
        input.read -= this.blockSize;
      } else {
        for (var i2 = 0; i2 < this._ints; ++i2) {
          this._inBlock[i2] = this._outBlock[i2];
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
        for (var i2 = 0; i2 < this._ints; ++i2) {
          output.putInt32(input.getInt32() ^ this._outBlock[i2]);
        }
      } else {
        var partialBytes = (this.blockSize - inputLength) % this.blockSize;
        if (partialBytes > 0) {
          partialBytes = this.blockSize - partialBytes;
        }
        this._partialOutput.clear();
        for (var i2 = 0; i2 < this._ints; ++i2) {
          this._partialOutput.putInt32(input.getInt32() ^ this._outBlock[i2]);
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
        for (var i2 = 0; i2 < this._ints; ++i2) {
          output.putInt32(this._outBlock[i2] ^= input.getInt32());
        }
        this._cipherLength += this.blockSize;
      } else {
        var partialBytes = (this.blockSize - inputLength) % this.blockSize;
        if (partialBytes > 0) {
          partialBytes = this.blockSize - partialBytes;
        }
        this._partialOutput.clear();
        for (var i2 = 0; i2 < this._ints; ++i2) {
          this._partialOutput.putInt32(input.getInt32() ^ this._outBlock[i2]);
        }
        if (partialBytes <= 0 || finish) {
          if (finish) {
            var overflow = inputLength % this.blockSize;
            this._cipherLength += overflow;
            this._partialOutput.truncate(this.blockSize - overflow);
          } else {
            this._cipherLength += this.blockSize;
          }
          for (var i2 = 0; i2 < this._ints; ++i2) {
            this._outBlock[i2] = this._partialOutput.getInt32();
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
      for (var i2 = 0; i2 < this._ints; ++i2) {
        output.putInt32(this._outBlock[i2] ^ this._hashBlock[i2]);
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
      for (var i2 = 0; i2 < this._ints; ++i2) {
        this.tag.putInt32(this._s[i2] ^ tag2[i2]);
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
      for (var i2 = 0; i2 < 128; ++i2) {
        var x_i = x[i2 / 32 | 0] & 1 << 31 - i2 % 32;
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
      for (var i2 = 3; i2 > 0; --i2) {
        out[i2] = x[i2] >>> 1 | (x[i2 - 1] & 1) << 31;
      }
      out[0] = x[0] >>> 1;
      if (lsb) {
        out[0] ^= this._R;
      }
    };
    modes.gcm.prototype.tableMultiply = function(x) {
      var z = [0, 0, 0, 0];
      for (var i2 = 0; i2 < 32; ++i2) {
        var idx = i2 / 8 | 0;
        var x_i = x[idx] >>> (7 - i2 % 8) * 4 & 15;
        var ah = this._m[i2][x_i];
        z[0] ^= ah[0];
        z[1] ^= ah[1];
        z[2] ^= ah[2];
        z[3] ^= ah[3];
      }
      return z;
    };
    modes.gcm.prototype.ghash = function(h2, y, x) {
      y[0] ^= x[0];
      y[1] ^= x[1];
      y[2] ^= x[2];
      y[3] ^= x[3];
      return this.tableMultiply(y);
    };
    modes.gcm.prototype.generateHashTable = function(h2, bits) {
      var multiplier = 8 / bits;
      var perInt = 4 * multiplier;
      var size = 16 * multiplier;
      var m = new Array(size);
      for (var i2 = 0; i2 < size; ++i2) {
        var tmp = [0, 0, 0, 0];
        var idx = i2 / perInt | 0;
        var shft = (perInt - 1 - i2 % perInt) * bits;
        tmp[idx] = 1 << bits - 1 << shft;
        m[i2] = this.generateSubHashTable(this.multiply(tmp, h2), bits);
      }
      return m;
    };
    modes.gcm.prototype.generateSubHashTable = function(mid, bits) {
      var size = 1 << bits;
      var half = size >>> 1;
      var m = new Array(size);
      m[half] = mid.slice(0);
      var i2 = half >>> 1;
      while (i2 > 0) {
        this.pow(m[2 * i2], m[i2] = []);
        i2 >>= 1;
      }
      i2 = 2;
      while (i2 < half) {
        for (var j = 1; j < i2; ++j) {
          var m_i = m[i2];
          var m_j = m[j];
          m[i2 + j] = [
            m_i[0] ^ m_j[0],
            m_i[1] ^ m_j[1],
            m_i[2] ^ m_j[2],
            m_i[3] ^ m_j[3]
          ];
        }
        i2 *= 2;
      }
      m[0] = [0, 0, 0, 0];
      for (i2 = half + 1; i2 < size; ++i2) {
        var c2 = m[i2 ^ half];
        m[i2] = [mid[0] ^ c2[0], mid[1] ^ c2[1], mid[2] ^ c2[2], mid[3] ^ c2[3]];
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
        for (var i2 = 0; i2 < tmp.length; ++i2) {
          iv.putByte(tmp[i2]);
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
        for (var i2 = 0; i2 < blocks; ++i2) {
          ints.push(iv.getInt32());
        }
        iv = ints;
      }
      return iv;
    }
    function inc32(block2) {
      block2[block2.length - 1] = block2[block2.length - 1] + 1 & 4294967295;
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
        for (var i2 = 0; i2 < tmp.length; ++i2) {
          key.putByte(tmp[i2]);
        }
      }
      if (!forge2.util.isArray(key)) {
        tmp = key;
        key = [];
        var len = tmp.length();
        if (len === 16 || len === 24 || len === 32) {
          len = len >>> 2;
          for (var i2 = 0; i2 < len; ++i2) {
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
    forge2.aes._expandKey = function(key, decrypt3) {
      if (!init) {
        initialize();
      }
      return _expandKey(key, decrypt3);
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
      for (var i2 = 0; i2 < 128; ++i2) {
        xtime[i2] = i2 << 1;
        xtime[i2 + 128] = i2 + 128 << 1 ^ 283;
      }
      sbox = new Array(256);
      isbox = new Array(256);
      mix = new Array(4);
      imix = new Array(4);
      for (var i2 = 0; i2 < 4; ++i2) {
        mix[i2] = new Array(256);
        imix[i2] = new Array(256);
      }
      var e = 0, ei = 0, e2, e4, e8, sx, sx2, me2, ime;
      for (var i2 = 0; i2 < 256; ++i2) {
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
        for (var n2 = 0; n2 < 4; ++n2) {
          mix[n2][e] = me2;
          imix[n2][sx] = ime;
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
    function _expandKey(key, decrypt3) {
      var w = key.slice(0);
      var temp, iNk = 1;
      var Nk = w.length;
      var Nr1 = Nk + 6 + 1;
      var end = Nb * Nr1;
      for (var i2 = Nk; i2 < end; ++i2) {
        temp = w[i2 - 1];
        if (i2 % Nk === 0) {
          temp = sbox[temp >>> 16 & 255] << 24 ^ sbox[temp >>> 8 & 255] << 16 ^ sbox[temp & 255] << 8 ^ sbox[temp >>> 24] ^ rcon[iNk] << 24;
          iNk++;
        } else if (Nk > 6 && i2 % Nk === 4) {
          temp = sbox[temp >>> 24] << 24 ^ sbox[temp >>> 16 & 255] << 16 ^ sbox[temp >>> 8 & 255] << 8 ^ sbox[temp & 255];
        }
        w[i2] = w[i2 - Nk] ^ temp;
      }
      if (decrypt3) {
        var tmp;
        var m0 = imix[0];
        var m1 = imix[1];
        var m2 = imix[2];
        var m3 = imix[3];
        var wnew = w.slice(0);
        end = w.length;
        for (var i2 = 0, wi = end - Nb; i2 < end; i2 += Nb, wi -= Nb) {
          if (i2 === 0 || i2 === end - Nb) {
            wnew[i2] = w[wi];
            wnew[i2 + 1] = w[wi + 3];
            wnew[i2 + 2] = w[wi + 2];
            wnew[i2 + 3] = w[wi + 1];
          } else {
            for (var n2 = 0; n2 < Nb; ++n2) {
              tmp = w[wi + n2];
              wnew[i2 + (3 & -n2)] = m0[sbox[tmp >>> 24]] ^ m1[sbox[tmp >>> 16 & 255]] ^ m2[sbox[tmp >>> 8 & 255]] ^ m3[sbox[tmp & 255]];
            }
          }
        }
        w = wnew;
      }
      return w;
    }
    function _updateBlock(w, input, output, decrypt3) {
      var Nr = w.length / 4 - 1;
      var m0, m1, m2, m3, sub;
      if (decrypt3) {
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
      var a2, b, c2, d, a22, b2, c22;
      a2 = input[0] ^ w[0];
      b = input[decrypt3 ? 3 : 1] ^ w[1];
      c2 = input[2] ^ w[2];
      d = input[decrypt3 ? 1 : 3] ^ w[3];
      var i2 = 3;
      for (var round = 1; round < Nr; ++round) {
        a22 = m0[a2 >>> 24] ^ m1[b >>> 16 & 255] ^ m2[c2 >>> 8 & 255] ^ m3[d & 255] ^ w[++i2];
        b2 = m0[b >>> 24] ^ m1[c2 >>> 16 & 255] ^ m2[d >>> 8 & 255] ^ m3[a2 & 255] ^ w[++i2];
        c22 = m0[c2 >>> 24] ^ m1[d >>> 16 & 255] ^ m2[a2 >>> 8 & 255] ^ m3[b & 255] ^ w[++i2];
        d = m0[d >>> 24] ^ m1[a2 >>> 16 & 255] ^ m2[b >>> 8 & 255] ^ m3[c2 & 255] ^ w[++i2];
        a2 = a22;
        b = b2;
        c2 = c22;
      }
      output[0] = sub[a2 >>> 24] << 24 ^ sub[b >>> 16 & 255] << 16 ^ sub[c2 >>> 8 & 255] << 8 ^ sub[d & 255] ^ w[++i2];
      output[decrypt3 ? 3 : 1] = sub[b >>> 24] << 24 ^ sub[c2 >>> 16 & 255] << 16 ^ sub[d >>> 8 & 255] << 8 ^ sub[a2 & 255] ^ w[++i2];
      output[2] = sub[c2 >>> 24] << 24 ^ sub[d >>> 16 & 255] << 16 ^ sub[a2 >>> 8 & 255] << 8 ^ sub[b & 255] ^ w[++i2];
      output[decrypt3 ? 1 : 3] = sub[d >>> 24] << 24 ^ sub[a2 >>> 16 & 255] << 16 ^ sub[b >>> 8 & 255] << 8 ^ sub[c2 & 255] ^ w[++i2];
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
      var start3 = cipher.start;
      cipher.start = function(iv, options2) {
        var output = null;
        if (options2 instanceof forge2.util.ByteBuffer) {
          output = options2;
          options2 = {};
        }
        options2 = options2 || {};
        options2.output = output;
        options2.iv = iv;
        start3.call(cipher, options2);
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
        for (var i2 = 0; i2 < value.length; ++i2) {
          if (value[i2] !== void 0) {
            tmp.push(value[i2]);
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
        for (var i2 = 0; i2 < obj.length; ++i2) {
          copy.push(asn1.copy(obj[i2], options));
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
        for (var i2 = 0; i2 < obj1.length; ++i2) {
          if (!asn1.equals(obj1[i2], obj2[i2])) {
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
    function _checkBufferLength(bytes, remaining, n2) {
      if (n2 > remaining) {
        var error = new Error("Too few bytes to parse DER.");
        error.available = bytes.length();
        error.remaining = remaining;
        error.requested = n2;
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
      var start3;
      _checkBufferLength(bytes, remaining, 2);
      var b1 = bytes.getByte();
      remaining--;
      var tagClass = b1 & 192;
      var type = b1 & 31;
      start3 = bytes.length();
      var length = _getValueLength(bytes, remaining);
      remaining -= start3 - bytes.length();
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
            start3 = bytes.length();
            value.push(_fromDer(bytes, remaining, depth + 1, options));
            remaining -= start3 - bytes.length();
          }
        } else {
          while (length > 0) {
            start3 = bytes.length();
            value.push(_fromDer(bytes, length, depth + 1, options));
            remaining -= start3 - bytes.length();
            length -= start3 - bytes.length();
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
            start3 = bytes.length();
            var subOptions = {
              // enforce strict mode to avoid parsing ASN.1 from plain data
              strict: true,
              // only decode one level of BIT STRINGs, nested decoding has
              // quadratic cost due to copies for change detection
              decodeBitStrings: false,
              maxDepth: options.maxDepth
            };
            var composed = _fromDer(bytes, remaining, depth + 1, subOptions);
            var used = start3 - bytes.length();
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
        for (var i2 = 0; i2 < obj.value.length; ++i2) {
          if (obj.value[i2] !== void 0) {
            value.putBuffer(asn1.toDer(obj.value[i2]));
          }
        }
      } else {
        if (obj.type === asn1.Type.BMPSTRING) {
          for (var i2 = 0; i2 < obj.value.length; ++i2) {
            value.putInt16(obj.value.charCodeAt(i2));
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
        for (var i2 = lenBytes.length - 1; i2 >= 0; --i2) {
          bytes.putByte(lenBytes.charCodeAt(i2));
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
      for (var i2 = 1; i2 < values.length; ++i2) {
        last = true;
        valueBytes = [];
        value = i2 === 1 ? 40 * first + second : parseInt(values[i2], 10);
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
        for (var n2 = valueBytes.length - 1; n2 >= 0; --n2) {
          bytes.putByte(valueBytes[n2]);
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
        var c2 = utc.charAt(10);
        var end = 10;
        if (c2 !== "+" && c2 !== "-") {
          ss = parseInt(utc.substr(10, 2), 10);
          end += 2;
        }
      }
      date.setUTCFullYear(year, MM, DD);
      date.setUTCHours(hh, mm, ss, 0);
      if (end) {
        c2 = utc.charAt(end);
        if (c2 === "+" || c2 === "-") {
          var hhoffset = parseInt(utc.substr(end + 1, 2), 10);
          var mmoffset = parseInt(utc.substr(end + 4, 2), 10);
          var offset = hhoffset * 60 + mmoffset;
          offset *= 6e4;
          if (c2 === "+") {
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
      var end = gentime.length - 5, c2 = gentime.charAt(end);
      if (c2 === "+" || c2 === "-") {
        var hhoffset = parseInt(gentime.substr(end + 1, 2), 10);
        var mmoffset = parseInt(gentime.substr(end + 4, 2), 10);
        offset = hhoffset * 60 + mmoffset;
        offset *= 6e4;
        if (c2 === "+") {
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
      for (var i2 = 0; i2 < format.length; ++i2) {
        if (format[i2].length < 2) {
          rval += "0";
        }
        rval += format[i2];
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
      for (var i2 = 0; i2 < format.length; ++i2) {
        if (format[i2].length < 2) {
          rval += "0";
        }
        rval += format[i2];
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
      var n2 = bytes.length() * 8;
      if (n2 > 32) {
        throw new Error("Integer too large; max is 32-bits.");
      }
      return bytes.getSignedInt(n2);
    };
    asn1.validate = function(obj, v, capture, errors) {
      var rval = false;
      if ((obj.tagClass === v.tagClass || typeof v.tagClass === "undefined") && (obj.type === v.type || typeof v.type === "undefined")) {
        if (obj.constructed === v.constructed || typeof v.constructed === "undefined") {
          rval = true;
          if (v.value && forge2.util.isArray(v.value)) {
            var j = 0;
            for (var i2 = 0; rval && i2 < v.value.length; ++i2) {
              var schemaItem = v.value[i2];
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
      for (var i2 = 0; i2 < level * indentation; ++i2) {
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
        for (var i2 = 0; i2 < obj.value.length; ++i2) {
          if (obj.value[i2] !== void 0) {
            subvalues += 1;
            sub += asn1.prettyPrint(obj.value[i2], level + 1, indentation);
            if (i2 + 1 < obj.value.length) {
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
      var n2 = 0, tmp;
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
        for (var i2 = 0; i2 < shifts.length; ++i2) {
          if (shifts[i2]) {
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
          keys[n2++] = lefttmp ^ tmp;
          keys[n2++] = righttmp ^ tmp << 16;
        }
      }
      return keys;
    }
    function _updateBlock(keys, input, output, decrypt3) {
      var iterations = keys.length === 32 ? 3 : 9;
      var looping;
      if (iterations === 3) {
        looping = decrypt3 ? [30, -2, -2] : [0, 32, 2];
      } else {
        looping = decrypt3 ? [94, 62, -2, 32, 64, 2, 30, -2, -2] : [0, 32, 2, 62, 30, -2, 64, 96, 2];
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
        for (var i2 = looping[j]; i2 != endloop; i2 += loopinc) {
          var right1 = right ^ keys[i2];
          var right2 = (right >>> 4 | right << 28) ^ keys[i2 + 1];
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
      var start3 = cipher.start;
      cipher.start = function(iv, options2) {
        var output = null;
        if (options2 instanceof forge2.util.ByteBuffer) {
          output = options2;
          options2 = {};
        }
        options2 = options2 || {};
        options2.output = output;
        options2.iv = iv;
        start3.call(cipher, options2);
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
          var t2 = new forge2.util.ByteBuffer();
          var len = Math.ceil(maskLen / md.digestLength);
          for (var i2 = 0; i2 < len; i2++) {
            var c2 = new forge2.util.ByteBuffer();
            c2.putInt32(i2);
            md.start();
            md.update(seed + c2.getBytes());
            t2.putBuffer(md.digest());
          }
          t2.truncate(t2.length() - maskLen);
          return t2.getBytes();
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
        for (var i2 = 0; i2 < msg.headers.length; ++i2) {
          rval += foldHeader(msg.headers[i2]);
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
      for (var i2 = 0; i2 < header2.values.length; ++i2) {
        values.push(header2.values[i2].replace(/^(\S+\r\n)/, insertSpace));
      }
      rval += values.join(",") + "\r\n";
      var length = 0;
      var candidate = -1;
      for (var i2 = 0; i2 < rval.length; ++i2, ++length) {
        if (length > 65 && candidate !== -1) {
          var insert = rval[candidate];
          if (insert === ",") {
            ++candidate;
            rval = rval.substr(0, candidate) + "\r\n " + rval.substr(candidate);
          } else {
            rval = rval.substr(0, candidate) + "\r\n" + insert + rval.substr(candidate + 1);
          }
          length = i2 - candidate - 1;
          candidate = -1;
          ++i2;
        } else if (rval[i2] === " " || rval[i2] === "	" || rval[i2] === ",") {
          candidate = i2;
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
      function indexOfRegex(regex, i2) {
        regex.lastIndex = i2;
        var match = regex.exec(str);
        return match ? match.index : str.length;
      }
      function labelAt(i2) {
        for (var j = i2; j < str.length && rLabel.test(str.charAt(j)); ++j) {
          if (j > i2 && str.substr(j, 5) === "-----") {
            return str.substring(i2, j);
          }
        }
        return null;
      }
      function blankLineEnd(i2) {
        if (str.charAt(i2) === "\r") {
          ++i2;
        }
        if (str.charAt(i2) !== "\n") {
          return -1;
        }
        if (str.charAt(++i2) === "\r") {
          ++i2;
        }
        return str.charAt(i2) === "\n" ? i2 + 1 : -1;
      }
      function firstBlankLine(start4, end2) {
        for (var i2 = start4; i2 < end2; ++i2) {
          var v = blankLineEnd(i2);
          if (v !== -1 && v < end2) {
            return i2;
          }
        }
        return -1;
      }
      var ends = {};
      for (var end = str.indexOf("-----END "); end !== -1; end = str.indexOf("-----END ", end + 1)) {
        var endLabel = labelAt(end + 9);
        var start3 = end;
        while (start3 > 0 && rBody.test(str.charAt(start3 - 1))) {
          --start3;
        }
        var blank = firstBlankLine(start3, end);
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
            for (var i2 = 0; i2 < starts.length; ++i2) {
              var t2 = starts[i2];
              var blank2 = bodyEndOk ? firstBlankLine(t2 + 1, bodyEnd) : -1;
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
                  str.substring(t2, v),
                  str.substring(v, end2)
                ];
              }
              if (bodyEndOk && t2 < bodyEnd) {
                pos = bodyEnd + 14 + label.length;
                return [
                  str.substring(begin, pos),
                  label,
                  void 0,
                  str.substring(t2, bodyEnd)
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
        for (var i2 = 0; i2 < int32s; ++i2) {
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
        for (var i2 = md.fullMessageLength.length - 1; i2 >= 0; --i2) {
          md.fullMessageLength[i2] += len[1];
          len[1] = len[0] + (md.fullMessageLength[i2] / 4294967296 >>> 0);
          md.fullMessageLength[i2] = md.fullMessageLength[i2] >>> 0;
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
        for (var i2 = 0; i2 < md.fullMessageLength.length - 1; ++i2) {
          next = md.fullMessageLength[i2 + 1] * 8;
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
      var t1, t2, s0, s1, ch, maj, i2, a2, b, c2, d, e, f, g, h2;
      var len = bytes.length();
      while (len >= 64) {
        for (i2 = 0; i2 < 16; ++i2) {
          w[i2] = bytes.getInt32();
        }
        for (; i2 < 64; ++i2) {
          t1 = w[i2 - 2];
          t1 = (t1 >>> 17 | t1 << 15) ^ (t1 >>> 19 | t1 << 13) ^ t1 >>> 10;
          t2 = w[i2 - 15];
          t2 = (t2 >>> 7 | t2 << 25) ^ (t2 >>> 18 | t2 << 14) ^ t2 >>> 3;
          w[i2] = t1 + w[i2 - 7] + t2 + w[i2 - 16] | 0;
        }
        a2 = s.h0;
        b = s.h1;
        c2 = s.h2;
        d = s.h3;
        e = s.h4;
        f = s.h5;
        g = s.h6;
        h2 = s.h7;
        for (i2 = 0; i2 < 64; ++i2) {
          s1 = (e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7);
          ch = g ^ e & (f ^ g);
          s0 = (a2 >>> 2 | a2 << 30) ^ (a2 >>> 13 | a2 << 19) ^ (a2 >>> 22 | a2 << 10);
          maj = a2 & b | c2 & (a2 ^ b);
          t1 = h2 + s1 + ch + _k[i2] + w[i2];
          t2 = s0 + maj;
          h2 = g;
          g = f;
          f = e;
          e = d + t1 >>> 0;
          d = c2;
          c2 = b;
          b = a2;
          a2 = t1 + t2 >>> 0;
        }
        s.h0 = s.h0 + a2 | 0;
        s.h1 = s.h1 + b | 0;
        s.h2 = s.h2 + c2 | 0;
        s.h3 = s.h3 + d | 0;
        s.h4 = s.h4 + e | 0;
        s.h5 = s.h5 + f | 0;
        s.h6 = s.h6 + g | 0;
        s.h7 = s.h7 + h2 | 0;
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
      for (var i2 = 0; i2 < 32; ++i2) {
        pools[i2] = md.create();
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
        generate2();
        function generate2(err) {
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
              _reseed(generate2);
            });
          }
          var bytes = cipher(ctx.key, ctx.seed);
          ctx.generated += bytes.length;
          b.putBytes(bytes);
          ctx.key = formatKey(cipher(ctx.key, increment(ctx.seed)));
          ctx.seed = formatSeed(cipher(ctx.key, ctx.seed));
          forge2.util.setImmediate(generate2);
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
              for (var i3 = 0; i3 < entropy.length; ++i3) {
                b.putInt32(entropy[i3]);
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
            for (var i3 = 0; i3 < 3; ++i3) {
              next = seed >>> (i3 << 3);
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
        for (var i3 = 0; i3 < count; ++i3) {
          ctx.pools[ctx.pool].update(bytes.substr(i3, 1));
          ctx.pool = ctx.pool === 31 ? 0 : ctx.pool + 1;
        }
      };
      ctx.collectInt = function(i3, n2) {
        var bytes = "";
        for (var x = 0; x < n2; x += 8) {
          bytes += String.fromCharCode(i3 >> x & 255);
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
        var i2;
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
        var h2 = hash.digest().getBytes();
        var ps = new forge2.util.ByteBuffer();
        ps.fillWithByte(0, emLen - sLen - hLen - 2);
        ps.putByte(1);
        ps.putBytes(salt);
        var db = ps.getBytes();
        var maskLen = emLen - hLen - 1;
        var dbMask = mgf.generate(h2, maskLen);
        var maskedDB = "";
        for (i2 = 0; i2 < maskLen; i2++) {
          maskedDB += String.fromCharCode(db.charCodeAt(i2) ^ dbMask.charCodeAt(i2));
        }
        var mask = 65280 >> 8 * emLen - emBits & 255;
        maskedDB = String.fromCharCode(maskedDB.charCodeAt(0) & ~mask) + maskedDB.substr(1);
        return maskedDB + h2 + String.fromCharCode(188);
      };
      pssobj.verify = function(mHash, em, modBits) {
        var i2;
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
        var h2 = em.substr(maskLen, hLen);
        var mask = 65280 >> 8 * emLen - emBits & 255;
        if ((maskedDB.charCodeAt(0) & mask) !== 0) {
          throw new Error("Bits beyond keysize not zero as expected.");
        }
        var dbMask = mgf.generate(h2, maskLen);
        var db = "";
        for (i2 = 0; i2 < maskLen; i2++) {
          db += String.fromCharCode(maskedDB.charCodeAt(i2) ^ dbMask.charCodeAt(i2));
        }
        db = String.fromCharCode(db.charCodeAt(0) & ~mask) + db.substr(1);
        var checkLen = emLen - hLen - sLen - 2;
        for (i2 = 0; i2 < checkLen; i2++) {
          if (db.charCodeAt(i2) !== 0) {
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
        return h2 === h_;
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
    function BigInteger(a2, b, c2) {
      this.data = [];
      if (a2 != null)
        if ("number" == typeof a2) this.fromNumber(a2, b, c2);
        else if (b == null && "string" != typeof a2) this.fromString(a2, 256);
        else this.fromString(a2, b);
    }
    forge2.jsbn.BigInteger = BigInteger;
    function nbi() {
      return new BigInteger(null);
    }
    function am1(i2, x, w, j, c2, n2) {
      while (--n2 >= 0) {
        var v = x * this.data[i2++] + w.data[j] + c2;
        c2 = Math.floor(v / 67108864);
        w.data[j++] = v & 67108863;
      }
      return c2;
    }
    function am2(i2, x, w, j, c2, n2) {
      var xl = x & 32767, xh = x >> 15;
      while (--n2 >= 0) {
        var l = this.data[i2] & 32767;
        var h2 = this.data[i2++] >> 15;
        var m = xh * l + h2 * xl;
        l = xl * l + ((m & 32767) << 15) + w.data[j] + (c2 & 1073741823);
        c2 = (l >>> 30) + (m >>> 15) + xh * h2 + (c2 >>> 30);
        w.data[j++] = l & 1073741823;
      }
      return c2;
    }
    function am3(i2, x, w, j, c2, n2) {
      var xl = x & 16383, xh = x >> 14;
      while (--n2 >= 0) {
        var l = this.data[i2] & 16383;
        var h2 = this.data[i2++] >> 14;
        var m = xh * l + h2 * xl;
        l = xl * l + ((m & 16383) << 14) + w.data[j] + c2;
        c2 = (l >> 28) + (m >> 14) + xh * h2;
        w.data[j++] = l & 268435455;
      }
      return c2;
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
    function int2char(n2) {
      return BI_RM.charAt(n2);
    }
    function intAt(s, i2) {
      var c2 = BI_RC[s.charCodeAt(i2)];
      return c2 == null ? -1 : c2;
    }
    function bnpCopyTo(r2) {
      for (var i2 = this.t - 1; i2 >= 0; --i2) r2.data[i2] = this.data[i2];
      r2.t = this.t;
      r2.s = this.s;
    }
    function bnpFromInt(x) {
      this.t = 1;
      this.s = x < 0 ? -1 : 0;
      if (x > 0) this.data[0] = x;
      else if (x < -1) this.data[0] = x + this.DV;
      else this.t = 0;
    }
    function nbv(i2) {
      var r2 = nbi();
      r2.fromInt(i2);
      return r2;
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
      var i2 = s.length, mi = false, sh = 0;
      while (--i2 >= 0) {
        var x = k == 8 ? s[i2] & 255 : intAt(s, i2);
        if (x < 0) {
          if (s.charAt(i2) == "-") mi = true;
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
      var c2 = this.s & this.DM;
      while (this.t > 0 && this.data[this.t - 1] == c2) --this.t;
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
      var km = (1 << k) - 1, d, m = false, r2 = "", i2 = this.t;
      var p = this.DB - i2 * this.DB % k;
      if (i2-- > 0) {
        if (p < this.DB && (d = this.data[i2] >> p) > 0) {
          m = true;
          r2 = int2char(d);
        }
        while (i2 >= 0) {
          if (p < k) {
            d = (this.data[i2] & (1 << p) - 1) << k - p;
            d |= this.data[--i2] >> (p += this.DB - k);
          } else {
            d = this.data[i2] >> (p -= k) & km;
            if (p <= 0) {
              p += this.DB;
              --i2;
            }
          }
          if (d > 0) m = true;
          if (m) r2 += int2char(d);
        }
      }
      return m ? r2 : "0";
    }
    function bnNegate() {
      var r2 = nbi();
      BigInteger.ZERO.subTo(this, r2);
      return r2;
    }
    function bnAbs() {
      return this.s < 0 ? this.negate() : this;
    }
    function bnCompareTo(a2) {
      var r2 = this.s - a2.s;
      if (r2 != 0) return r2;
      var i2 = this.t;
      r2 = i2 - a2.t;
      if (r2 != 0) return this.s < 0 ? -r2 : r2;
      while (--i2 >= 0) if ((r2 = this.data[i2] - a2.data[i2]) != 0) return r2;
      return 0;
    }
    function nbits(x) {
      var r2 = 1, t2;
      if ((t2 = x >>> 16) != 0) {
        x = t2;
        r2 += 16;
      }
      if ((t2 = x >> 8) != 0) {
        x = t2;
        r2 += 8;
      }
      if ((t2 = x >> 4) != 0) {
        x = t2;
        r2 += 4;
      }
      if ((t2 = x >> 2) != 0) {
        x = t2;
        r2 += 2;
      }
      if ((t2 = x >> 1) != 0) {
        x = t2;
        r2 += 1;
      }
      return r2;
    }
    function bnBitLength() {
      if (this.t <= 0) return 0;
      return this.DB * (this.t - 1) + nbits(this.data[this.t - 1] ^ this.s & this.DM);
    }
    function bnpDLShiftTo(n2, r2) {
      var i2;
      for (i2 = this.t - 1; i2 >= 0; --i2) r2.data[i2 + n2] = this.data[i2];
      for (i2 = n2 - 1; i2 >= 0; --i2) r2.data[i2] = 0;
      r2.t = this.t + n2;
      r2.s = this.s;
    }
    function bnpDRShiftTo(n2, r2) {
      for (var i2 = n2; i2 < this.t; ++i2) r2.data[i2 - n2] = this.data[i2];
      r2.t = Math.max(this.t - n2, 0);
      r2.s = this.s;
    }
    function bnpLShiftTo(n2, r2) {
      var bs = n2 % this.DB;
      var cbs = this.DB - bs;
      var bm = (1 << cbs) - 1;
      var ds = Math.floor(n2 / this.DB), c2 = this.s << bs & this.DM, i2;
      for (i2 = this.t - 1; i2 >= 0; --i2) {
        r2.data[i2 + ds + 1] = this.data[i2] >> cbs | c2;
        c2 = (this.data[i2] & bm) << bs;
      }
      for (i2 = ds - 1; i2 >= 0; --i2) r2.data[i2] = 0;
      r2.data[ds] = c2;
      r2.t = this.t + ds + 1;
      r2.s = this.s;
      r2.clamp();
    }
    function bnpRShiftTo(n2, r2) {
      r2.s = this.s;
      var ds = Math.floor(n2 / this.DB);
      if (ds >= this.t) {
        r2.t = 0;
        return;
      }
      var bs = n2 % this.DB;
      var cbs = this.DB - bs;
      var bm = (1 << bs) - 1;
      r2.data[0] = this.data[ds] >> bs;
      for (var i2 = ds + 1; i2 < this.t; ++i2) {
        r2.data[i2 - ds - 1] |= (this.data[i2] & bm) << cbs;
        r2.data[i2 - ds] = this.data[i2] >> bs;
      }
      if (bs > 0) r2.data[this.t - ds - 1] |= (this.s & bm) << cbs;
      r2.t = this.t - ds;
      r2.clamp();
    }
    function bnpSubTo(a2, r2) {
      var i2 = 0, c2 = 0, m = Math.min(a2.t, this.t);
      while (i2 < m) {
        c2 += this.data[i2] - a2.data[i2];
        r2.data[i2++] = c2 & this.DM;
        c2 >>= this.DB;
      }
      if (a2.t < this.t) {
        c2 -= a2.s;
        while (i2 < this.t) {
          c2 += this.data[i2];
          r2.data[i2++] = c2 & this.DM;
          c2 >>= this.DB;
        }
        c2 += this.s;
      } else {
        c2 += this.s;
        while (i2 < a2.t) {
          c2 -= a2.data[i2];
          r2.data[i2++] = c2 & this.DM;
          c2 >>= this.DB;
        }
        c2 -= a2.s;
      }
      r2.s = c2 < 0 ? -1 : 0;
      if (c2 < -1) r2.data[i2++] = this.DV + c2;
      else if (c2 > 0) r2.data[i2++] = c2;
      r2.t = i2;
      r2.clamp();
    }
    function bnpMultiplyTo(a2, r2) {
      var x = this.abs(), y = a2.abs();
      var i2 = x.t;
      r2.t = i2 + y.t;
      while (--i2 >= 0) r2.data[i2] = 0;
      for (i2 = 0; i2 < y.t; ++i2) r2.data[i2 + x.t] = x.am(0, y.data[i2], r2, i2, 0, x.t);
      r2.s = 0;
      r2.clamp();
      if (this.s != a2.s) BigInteger.ZERO.subTo(r2, r2);
    }
    function bnpSquareTo(r2) {
      var x = this.abs();
      var i2 = r2.t = 2 * x.t;
      while (--i2 >= 0) r2.data[i2] = 0;
      for (i2 = 0; i2 < x.t - 1; ++i2) {
        var c2 = x.am(i2, x.data[i2], r2, 2 * i2, 0, 1);
        if ((r2.data[i2 + x.t] += x.am(i2 + 1, 2 * x.data[i2], r2, 2 * i2 + 1, c2, x.t - i2 - 1)) >= x.DV) {
          r2.data[i2 + x.t] -= x.DV;
          r2.data[i2 + x.t + 1] = 1;
        }
      }
      if (r2.t > 0) r2.data[r2.t - 1] += x.am(i2, x.data[i2], r2, 2 * i2, 0, 1);
      r2.s = 0;
      r2.clamp();
    }
    function bnpDivRemTo(m, q, r2) {
      var pm = m.abs();
      if (pm.t <= 0) return;
      var pt = this.abs();
      if (pt.t < pm.t) {
        if (q != null) q.fromInt(0);
        if (r2 != null) this.copyTo(r2);
        return;
      }
      if (r2 == null) r2 = nbi();
      var y = nbi(), ts = this.s, ms = m.s;
      var nsh = this.DB - nbits(pm.data[pm.t - 1]);
      if (nsh > 0) {
        pm.lShiftTo(nsh, y);
        pt.lShiftTo(nsh, r2);
      } else {
        pm.copyTo(y);
        pt.copyTo(r2);
      }
      var ys = y.t;
      var y0 = y.data[ys - 1];
      if (y0 == 0) return;
      var yt = y0 * (1 << this.F1) + (ys > 1 ? y.data[ys - 2] >> this.F2 : 0);
      var d1 = this.FV / yt, d2 = (1 << this.F1) / yt, e = 1 << this.F2;
      var i2 = r2.t, j = i2 - ys, t2 = q == null ? nbi() : q;
      y.dlShiftTo(j, t2);
      if (r2.compareTo(t2) >= 0) {
        r2.data[r2.t++] = 1;
        r2.subTo(t2, r2);
      }
      BigInteger.ONE.dlShiftTo(ys, t2);
      t2.subTo(y, y);
      while (y.t < ys) y.data[y.t++] = 0;
      while (--j >= 0) {
        var qd = r2.data[--i2] == y0 ? this.DM : Math.floor(r2.data[i2] * d1 + (r2.data[i2 - 1] + e) * d2);
        if ((r2.data[i2] += y.am(0, qd, r2, j, 0, ys)) < qd) {
          y.dlShiftTo(j, t2);
          r2.subTo(t2, r2);
          while (r2.data[i2] < --qd) r2.subTo(t2, r2);
        }
      }
      if (q != null) {
        r2.drShiftTo(ys, q);
        if (ts != ms) BigInteger.ZERO.subTo(q, q);
      }
      r2.t = ys;
      r2.clamp();
      if (nsh > 0) r2.rShiftTo(nsh, r2);
      if (ts < 0) BigInteger.ZERO.subTo(r2, r2);
    }
    function bnMod(a2) {
      var r2 = nbi();
      this.abs().divRemTo(a2, null, r2);
      if (this.s < 0 && r2.compareTo(BigInteger.ZERO) > 0) a2.subTo(r2, r2);
      return r2;
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
    function cMulTo(x, y, r2) {
      x.multiplyTo(y, r2);
      this.reduce(r2);
    }
    function cSqrTo(x, r2) {
      x.squareTo(r2);
      this.reduce(r2);
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
      var r2 = nbi();
      x.abs().dlShiftTo(this.m.t, r2);
      r2.divRemTo(this.m, null, r2);
      if (x.s < 0 && r2.compareTo(BigInteger.ZERO) > 0) this.m.subTo(r2, r2);
      return r2;
    }
    function montRevert(x) {
      var r2 = nbi();
      x.copyTo(r2);
      this.reduce(r2);
      return r2;
    }
    function montReduce(x) {
      while (x.t <= this.mt2)
        x.data[x.t++] = 0;
      for (var i2 = 0; i2 < this.m.t; ++i2) {
        var j = x.data[i2] & 32767;
        var u0 = j * this.mpl + ((j * this.mph + (x.data[i2] >> 15) * this.mpl & this.um) << 15) & x.DM;
        j = i2 + this.m.t;
        x.data[j] += this.m.am(0, u0, x, i2, 0, this.m.t);
        while (x.data[j] >= x.DV) {
          x.data[j] -= x.DV;
          x.data[++j]++;
        }
      }
      x.clamp();
      x.drShiftTo(this.m.t, x);
      if (x.compareTo(this.m) >= 0) x.subTo(this.m, x);
    }
    function montSqrTo(x, r2) {
      x.squareTo(r2);
      this.reduce(r2);
    }
    function montMulTo(x, y, r2) {
      x.multiplyTo(y, r2);
      this.reduce(r2);
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
      var r2 = nbi(), r22 = nbi(), g = z.convert(this), i2 = nbits(e) - 1;
      g.copyTo(r2);
      while (--i2 >= 0) {
        z.sqrTo(r2, r22);
        if ((e & 1 << i2) > 0) z.mulTo(r22, g, r2);
        else {
          var t2 = r2;
          r2 = r22;
          r22 = t2;
        }
      }
      return z.revert(r2);
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
      var r2 = nbi();
      this.copyTo(r2);
      return r2;
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
    function bnpChunkSize(r2) {
      return Math.floor(Math.LN2 * this.DB / Math.log(r2));
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
      var a2 = Math.pow(b, cs);
      var d = nbv(a2), y = nbi(), z = nbi(), r2 = "";
      this.divRemTo(d, y, z);
      while (y.signum() > 0) {
        r2 = (a2 + z.intValue()).toString(b).substr(1) + r2;
        y.divRemTo(d, y, z);
      }
      return z.intValue().toString(b) + r2;
    }
    function bnpFromRadix(s, b) {
      this.fromInt(0);
      if (b == null) b = 10;
      var cs = this.chunkSize(b);
      var d = Math.pow(b, cs), mi = false, j = 0, w = 0;
      for (var i2 = 0; i2 < s.length; ++i2) {
        var x = intAt(s, i2);
        if (x < 0) {
          if (s.charAt(i2) == "-" && this.signum() == 0) mi = true;
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
    function bnpFromNumber(a2, b, c2) {
      if ("number" == typeof b) {
        if (a2 < 2) this.fromInt(1);
        else {
          this.fromNumber(a2, c2);
          if (!this.testBit(a2 - 1))
            this.bitwiseTo(BigInteger.ONE.shiftLeft(a2 - 1), op_or, this);
          if (this.isEven()) this.dAddOffset(1, 0);
          while (!this.isProbablePrime(b)) {
            this.dAddOffset(2, 0);
            if (this.bitLength() > a2) this.subTo(BigInteger.ONE.shiftLeft(a2 - 1), this);
          }
        }
      } else {
        var x = new Array(), t2 = a2 & 7;
        x.length = (a2 >> 3) + 1;
        b.nextBytes(x);
        if (t2 > 0) x[0] &= (1 << t2) - 1;
        else x[0] = 0;
        this.fromString(x, 256);
      }
    }
    function bnToByteArray() {
      var i2 = this.t, r2 = new Array();
      r2[0] = this.s;
      var p = this.DB - i2 * this.DB % 8, d, k = 0;
      if (i2-- > 0) {
        if (p < this.DB && (d = this.data[i2] >> p) != (this.s & this.DM) >> p)
          r2[k++] = d | this.s << this.DB - p;
        while (i2 >= 0) {
          if (p < 8) {
            d = (this.data[i2] & (1 << p) - 1) << 8 - p;
            d |= this.data[--i2] >> (p += this.DB - 8);
          } else {
            d = this.data[i2] >> (p -= 8) & 255;
            if (p <= 0) {
              p += this.DB;
              --i2;
            }
          }
          if ((d & 128) != 0) d |= -256;
          if (k == 0 && (this.s & 128) != (d & 128)) ++k;
          if (k > 0 || d != this.s) r2[k++] = d;
        }
      }
      return r2;
    }
    function bnEquals(a2) {
      return this.compareTo(a2) == 0;
    }
    function bnMin(a2) {
      return this.compareTo(a2) < 0 ? this : a2;
    }
    function bnMax(a2) {
      return this.compareTo(a2) > 0 ? this : a2;
    }
    function bnpBitwiseTo(a2, op, r2) {
      var i2, f, m = Math.min(a2.t, this.t);
      for (i2 = 0; i2 < m; ++i2) r2.data[i2] = op(this.data[i2], a2.data[i2]);
      if (a2.t < this.t) {
        f = a2.s & this.DM;
        for (i2 = m; i2 < this.t; ++i2) r2.data[i2] = op(this.data[i2], f);
        r2.t = this.t;
      } else {
        f = this.s & this.DM;
        for (i2 = m; i2 < a2.t; ++i2) r2.data[i2] = op(f, a2.data[i2]);
        r2.t = a2.t;
      }
      r2.s = op(this.s, a2.s);
      r2.clamp();
    }
    function op_and(x, y) {
      return x & y;
    }
    function bnAnd(a2) {
      var r2 = nbi();
      this.bitwiseTo(a2, op_and, r2);
      return r2;
    }
    function op_or(x, y) {
      return x | y;
    }
    function bnOr(a2) {
      var r2 = nbi();
      this.bitwiseTo(a2, op_or, r2);
      return r2;
    }
    function op_xor(x, y) {
      return x ^ y;
    }
    function bnXor(a2) {
      var r2 = nbi();
      this.bitwiseTo(a2, op_xor, r2);
      return r2;
    }
    function op_andnot(x, y) {
      return x & ~y;
    }
    function bnAndNot(a2) {
      var r2 = nbi();
      this.bitwiseTo(a2, op_andnot, r2);
      return r2;
    }
    function bnNot() {
      var r2 = nbi();
      for (var i2 = 0; i2 < this.t; ++i2) r2.data[i2] = this.DM & ~this.data[i2];
      r2.t = this.t;
      r2.s = ~this.s;
      return r2;
    }
    function bnShiftLeft(n2) {
      var r2 = nbi();
      if (n2 < 0) this.rShiftTo(-n2, r2);
      else this.lShiftTo(n2, r2);
      return r2;
    }
    function bnShiftRight(n2) {
      var r2 = nbi();
      if (n2 < 0) this.lShiftTo(-n2, r2);
      else this.rShiftTo(n2, r2);
      return r2;
    }
    function lbit(x) {
      if (x == 0) return -1;
      var r2 = 0;
      if ((x & 65535) == 0) {
        x >>= 16;
        r2 += 16;
      }
      if ((x & 255) == 0) {
        x >>= 8;
        r2 += 8;
      }
      if ((x & 15) == 0) {
        x >>= 4;
        r2 += 4;
      }
      if ((x & 3) == 0) {
        x >>= 2;
        r2 += 2;
      }
      if ((x & 1) == 0) ++r2;
      return r2;
    }
    function bnGetLowestSetBit() {
      for (var i2 = 0; i2 < this.t; ++i2)
        if (this.data[i2] != 0) return i2 * this.DB + lbit(this.data[i2]);
      if (this.s < 0) return this.t * this.DB;
      return -1;
    }
    function cbit(x) {
      var r2 = 0;
      while (x != 0) {
        x &= x - 1;
        ++r2;
      }
      return r2;
    }
    function bnBitCount() {
      var r2 = 0, x = this.s & this.DM;
      for (var i2 = 0; i2 < this.t; ++i2) r2 += cbit(this.data[i2] ^ x);
      return r2;
    }
    function bnTestBit(n2) {
      var j = Math.floor(n2 / this.DB);
      if (j >= this.t) return this.s != 0;
      return (this.data[j] & 1 << n2 % this.DB) != 0;
    }
    function bnpChangeBit(n2, op) {
      var r2 = BigInteger.ONE.shiftLeft(n2);
      this.bitwiseTo(r2, op, r2);
      return r2;
    }
    function bnSetBit(n2) {
      return this.changeBit(n2, op_or);
    }
    function bnClearBit(n2) {
      return this.changeBit(n2, op_andnot);
    }
    function bnFlipBit(n2) {
      return this.changeBit(n2, op_xor);
    }
    function bnpAddTo(a2, r2) {
      var i2 = 0, c2 = 0, m = Math.min(a2.t, this.t);
      while (i2 < m) {
        c2 += this.data[i2] + a2.data[i2];
        r2.data[i2++] = c2 & this.DM;
        c2 >>= this.DB;
      }
      if (a2.t < this.t) {
        c2 += a2.s;
        while (i2 < this.t) {
          c2 += this.data[i2];
          r2.data[i2++] = c2 & this.DM;
          c2 >>= this.DB;
        }
        c2 += this.s;
      } else {
        c2 += this.s;
        while (i2 < a2.t) {
          c2 += a2.data[i2];
          r2.data[i2++] = c2 & this.DM;
          c2 >>= this.DB;
        }
        c2 += a2.s;
      }
      r2.s = c2 < 0 ? -1 : 0;
      if (c2 > 0) r2.data[i2++] = c2;
      else if (c2 < -1) r2.data[i2++] = this.DV + c2;
      r2.t = i2;
      r2.clamp();
    }
    function bnAdd(a2) {
      var r2 = nbi();
      this.addTo(a2, r2);
      return r2;
    }
    function bnSubtract(a2) {
      var r2 = nbi();
      this.subTo(a2, r2);
      return r2;
    }
    function bnMultiply(a2) {
      var r2 = nbi();
      this.multiplyTo(a2, r2);
      return r2;
    }
    function bnSquare() {
      var r2 = nbi();
      this.squareTo(r2);
      return r2;
    }
    function bnDivide(a2) {
      var r2 = nbi();
      this.divRemTo(a2, r2, null);
      return r2;
    }
    function bnRemainder(a2) {
      var r2 = nbi();
      this.divRemTo(a2, null, r2);
      return r2;
    }
    function bnDivideAndRemainder(a2) {
      var q = nbi(), r2 = nbi();
      this.divRemTo(a2, q, r2);
      return new Array(q, r2);
    }
    function bnpDMultiply(n2) {
      this.data[this.t] = this.am(0, n2 - 1, this, 0, 0, this.t);
      ++this.t;
      this.clamp();
    }
    function bnpDAddOffset(n2, w) {
      if (n2 == 0) return;
      while (this.t <= w) this.data[this.t++] = 0;
      this.data[w] += n2;
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
    function nMulTo(x, y, r2) {
      x.multiplyTo(y, r2);
    }
    function nSqrTo(x, r2) {
      x.squareTo(r2);
    }
    NullExp.prototype.convert = nNop;
    NullExp.prototype.revert = nNop;
    NullExp.prototype.mulTo = nMulTo;
    NullExp.prototype.sqrTo = nSqrTo;
    function bnPow(e) {
      return this.exp(e, new NullExp());
    }
    function bnpMultiplyLowerTo(a2, n2, r2) {
      var i2 = Math.min(this.t + a2.t, n2);
      r2.s = 0;
      r2.t = i2;
      while (i2 > 0) r2.data[--i2] = 0;
      var j;
      for (j = r2.t - this.t; i2 < j; ++i2) r2.data[i2 + this.t] = this.am(0, a2.data[i2], r2, i2, 0, this.t);
      for (j = Math.min(a2.t, n2); i2 < j; ++i2) this.am(0, a2.data[i2], r2, i2, 0, n2 - i2);
      r2.clamp();
    }
    function bnpMultiplyUpperTo(a2, n2, r2) {
      --n2;
      var i2 = r2.t = this.t + a2.t - n2;
      r2.s = 0;
      while (--i2 >= 0) r2.data[i2] = 0;
      for (i2 = Math.max(n2 - this.t, 0); i2 < a2.t; ++i2)
        r2.data[this.t + i2 - n2] = this.am(n2 - i2, a2.data[i2], r2, 0, 0, this.t + i2 - n2);
      r2.clamp();
      r2.drShiftTo(1, r2);
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
        var r2 = nbi();
        x.copyTo(r2);
        this.reduce(r2);
        return r2;
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
    function barrettSqrTo(x, r2) {
      x.squareTo(r2);
      this.reduce(r2);
    }
    function barrettMulTo(x, y, r2) {
      x.multiplyTo(y, r2);
      this.reduce(r2);
    }
    Barrett.prototype.convert = barrettConvert;
    Barrett.prototype.revert = barrettRevert;
    Barrett.prototype.reduce = barrettReduce;
    Barrett.prototype.mulTo = barrettMulTo;
    Barrett.prototype.sqrTo = barrettSqrTo;
    function bnModPow(e, m) {
      var i2 = e.bitLength(), k, r2 = nbv(1), z;
      if (i2 <= 0) return r2;
      else if (i2 < 18) k = 1;
      else if (i2 < 48) k = 3;
      else if (i2 < 144) k = 4;
      else if (i2 < 768) k = 5;
      else k = 6;
      if (i2 < 8)
        z = new Classic(m);
      else if (m.isEven())
        z = new Barrett(m);
      else
        z = new Montgomery(m);
      var g = new Array(), n2 = 3, k1 = k - 1, km = (1 << k) - 1;
      g[1] = z.convert(this);
      if (k > 1) {
        var g2 = nbi();
        z.sqrTo(g[1], g2);
        while (n2 <= km) {
          g[n2] = nbi();
          z.mulTo(g2, g[n2 - 2], g[n2]);
          n2 += 2;
        }
      }
      var j = e.t - 1, w, is1 = true, r22 = nbi(), t2;
      i2 = nbits(e.data[j]) - 1;
      while (j >= 0) {
        if (i2 >= k1) w = e.data[j] >> i2 - k1 & km;
        else {
          w = (e.data[j] & (1 << i2 + 1) - 1) << k1 - i2;
          if (j > 0) w |= e.data[j - 1] >> this.DB + i2 - k1;
        }
        n2 = k;
        while ((w & 1) == 0) {
          w >>= 1;
          --n2;
        }
        if ((i2 -= n2) < 0) {
          i2 += this.DB;
          --j;
        }
        if (is1) {
          g[w].copyTo(r2);
          is1 = false;
        } else {
          while (n2 > 1) {
            z.sqrTo(r2, r22);
            z.sqrTo(r22, r2);
            n2 -= 2;
          }
          if (n2 > 0) z.sqrTo(r2, r22);
          else {
            t2 = r2;
            r2 = r22;
            r22 = t2;
          }
          z.mulTo(r22, g[w], r2);
        }
        while (j >= 0 && (e.data[j] & 1 << i2) == 0) {
          z.sqrTo(r2, r22);
          t2 = r2;
          r2 = r22;
          r22 = t2;
          if (--i2 < 0) {
            i2 = this.DB - 1;
            --j;
          }
        }
      }
      return z.revert(r2);
    }
    function bnGCD(a2) {
      var x = this.s < 0 ? this.negate() : this.clone();
      var y = a2.s < 0 ? a2.negate() : a2.clone();
      if (x.compareTo(y) < 0) {
        var t2 = x;
        x = y;
        y = t2;
      }
      var i2 = x.getLowestSetBit(), g = y.getLowestSetBit();
      if (g < 0) return x;
      if (i2 < g) g = i2;
      if (g > 0) {
        x.rShiftTo(g, x);
        y.rShiftTo(g, y);
      }
      while (x.signum() > 0) {
        if ((i2 = x.getLowestSetBit()) > 0) x.rShiftTo(i2, x);
        if ((i2 = y.getLowestSetBit()) > 0) y.rShiftTo(i2, y);
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
    function bnpModInt(n2) {
      if (n2 <= 0) return 0;
      var d = this.DV % n2, r2 = this.s < 0 ? n2 - 1 : 0;
      if (this.t > 0)
        if (d == 0) r2 = this.data[0] % n2;
        else for (var i2 = this.t - 1; i2 >= 0; --i2) r2 = (d * r2 + this.data[i2]) % n2;
      return r2;
    }
    function bnModInverse(m) {
      if (this.signum() <= 0 || m.signum() <= 0) {
        return BigInteger.ZERO;
      }
      var ac = m.isEven();
      if (this.isEven() && ac || m.signum() == 0) return BigInteger.ZERO;
      var u3 = m.clone(), v = this.clone();
      var a2 = nbv(1), b = nbv(0), c2 = nbv(0), d = nbv(1);
      while (u3.signum() != 0) {
        while (u3.isEven()) {
          u3.rShiftTo(1, u3);
          if (ac) {
            if (!a2.isEven() || !b.isEven()) {
              a2.addTo(this, a2);
              b.subTo(m, b);
            }
            a2.rShiftTo(1, a2);
          } else if (!b.isEven()) b.subTo(m, b);
          b.rShiftTo(1, b);
        }
        while (v.isEven()) {
          v.rShiftTo(1, v);
          if (ac) {
            if (!c2.isEven() || !d.isEven()) {
              c2.addTo(this, c2);
              d.subTo(m, d);
            }
            c2.rShiftTo(1, c2);
          } else if (!d.isEven()) d.subTo(m, d);
          d.rShiftTo(1, d);
        }
        if (u3.compareTo(v) >= 0) {
          u3.subTo(v, u3);
          if (ac) a2.subTo(c2, a2);
          b.subTo(d, b);
        } else {
          v.subTo(u3, v);
          if (ac) c2.subTo(a2, c2);
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
    function bnIsProbablePrime(t2) {
      var i2, x = this.abs();
      if (x.t == 1 && x.data[0] <= lowprimes[lowprimes.length - 1]) {
        for (i2 = 0; i2 < lowprimes.length; ++i2)
          if (x.data[0] == lowprimes[i2]) return true;
        return false;
      }
      if (x.isEven()) return false;
      i2 = 1;
      while (i2 < lowprimes.length) {
        var m = lowprimes[i2], j = i2 + 1;
        while (j < lowprimes.length && m < lplim) m *= lowprimes[j++];
        m = x.modInt(m);
        while (i2 < j) if (m % lowprimes[i2++] == 0) return false;
      }
      return x.millerRabin(t2);
    }
    function bnpMillerRabin(t2) {
      var n1 = this.subtract(BigInteger.ONE);
      var k = n1.getLowestSetBit();
      if (k <= 0) return false;
      var r2 = n1.shiftRight(k);
      var prng = bnGetPrng();
      var a2;
      for (var i2 = 0; i2 < t2; ++i2) {
        do {
          a2 = new BigInteger(this.bitLength(), prng);
        } while (a2.compareTo(BigInteger.ONE) <= 0 || a2.compareTo(n1) >= 0);
        var y = a2.modPow(r2, this);
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
          for (var i2 = 0; i2 < x.length; ++i2) {
            x[i2] = Math.floor(Math.random() * 256);
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
        for (var i2 = 0; i2 < int32s; ++i2) {
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
        for (var i2 = md.fullMessageLength.length - 1; i2 >= 0; --i2) {
          md.fullMessageLength[i2] += len[1];
          len[1] = len[0] + (md.fullMessageLength[i2] / 4294967296 >>> 0);
          md.fullMessageLength[i2] = md.fullMessageLength[i2] >>> 0;
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
        for (var i2 = 0; i2 < md.fullMessageLength.length - 1; ++i2) {
          next = md.fullMessageLength[i2 + 1] * 8;
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
      var t2, a2, b, c2, d, e, f, i2;
      var len = bytes.length();
      while (len >= 64) {
        a2 = s.h0;
        b = s.h1;
        c2 = s.h2;
        d = s.h3;
        e = s.h4;
        for (i2 = 0; i2 < 16; ++i2) {
          t2 = bytes.getInt32();
          w[i2] = t2;
          f = d ^ b & (c2 ^ d);
          t2 = (a2 << 5 | a2 >>> 27) + f + e + 1518500249 + t2;
          e = d;
          d = c2;
          c2 = (b << 30 | b >>> 2) >>> 0;
          b = a2;
          a2 = t2;
        }
        for (; i2 < 20; ++i2) {
          t2 = w[i2 - 3] ^ w[i2 - 8] ^ w[i2 - 14] ^ w[i2 - 16];
          t2 = t2 << 1 | t2 >>> 31;
          w[i2] = t2;
          f = d ^ b & (c2 ^ d);
          t2 = (a2 << 5 | a2 >>> 27) + f + e + 1518500249 + t2;
          e = d;
          d = c2;
          c2 = (b << 30 | b >>> 2) >>> 0;
          b = a2;
          a2 = t2;
        }
        for (; i2 < 32; ++i2) {
          t2 = w[i2 - 3] ^ w[i2 - 8] ^ w[i2 - 14] ^ w[i2 - 16];
          t2 = t2 << 1 | t2 >>> 31;
          w[i2] = t2;
          f = b ^ c2 ^ d;
          t2 = (a2 << 5 | a2 >>> 27) + f + e + 1859775393 + t2;
          e = d;
          d = c2;
          c2 = (b << 30 | b >>> 2) >>> 0;
          b = a2;
          a2 = t2;
        }
        for (; i2 < 40; ++i2) {
          t2 = w[i2 - 6] ^ w[i2 - 16] ^ w[i2 - 28] ^ w[i2 - 32];
          t2 = t2 << 2 | t2 >>> 30;
          w[i2] = t2;
          f = b ^ c2 ^ d;
          t2 = (a2 << 5 | a2 >>> 27) + f + e + 1859775393 + t2;
          e = d;
          d = c2;
          c2 = (b << 30 | b >>> 2) >>> 0;
          b = a2;
          a2 = t2;
        }
        for (; i2 < 60; ++i2) {
          t2 = w[i2 - 6] ^ w[i2 - 16] ^ w[i2 - 28] ^ w[i2 - 32];
          t2 = t2 << 2 | t2 >>> 30;
          w[i2] = t2;
          f = b & c2 | d & (b ^ c2);
          t2 = (a2 << 5 | a2 >>> 27) + f + e + 2400959708 + t2;
          e = d;
          d = c2;
          c2 = (b << 30 | b >>> 2) >>> 0;
          b = a2;
          a2 = t2;
        }
        for (; i2 < 80; ++i2) {
          t2 = w[i2 - 6] ^ w[i2 - 16] ^ w[i2 - 28] ^ w[i2 - 32];
          t2 = t2 << 2 | t2 >>> 30;
          w[i2] = t2;
          f = b ^ c2 ^ d;
          t2 = (a2 << 5 | a2 >>> 27) + f + e + 3395469782 + t2;
          e = d;
          d = c2;
          c2 = (b << 30 | b >>> 2) >>> 0;
          b = a2;
          a2 = t2;
        }
        s.h0 = s.h0 + a2 | 0;
        s.h1 = s.h1 + b | 0;
        s.h2 = s.h2 + c2 | 0;
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
      for (var i2 = 0; i2 < PS_length; i2++) {
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
      for (var i2 = 0; i2 < md.digestLength; ++i2) {
        error |= lHash.charAt(i2) !== lHashPrime.charAt(i2);
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
      var t2 = "";
      var count = Math.ceil(maskLength / hash.digestLength);
      for (var i2 = 0; i2 < count; ++i2) {
        var c2 = String.fromCharCode(
          i2 >> 24 & 255,
          i2 >> 16 & 255,
          i2 >> 8 & 255,
          i2 & 255
        );
        hash.start();
        hash.update(seed + c2);
        t2 += hash.digest().getBytes();
      }
      return t2.substring(0, maskLength);
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
            for (var i2 = 0; i2 < x.length; ++i2) {
              x[i2] = b.charCodeAt(i2);
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
        var start3 = +/* @__PURE__ */ new Date();
        do {
          if (num.bitLength() > bits) {
            num = generateRandom(bits, rng);
          }
          if (num.isProbablePrime(mrTests)) {
            return callback(null, num);
          }
          num.dAddOffset(GCD_30_DELTA[deltaIdx++ % 8], 0);
        } while (maxBlockTime < 0 || +/* @__PURE__ */ new Date() - start3 < maxBlockTime);
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
            generate2();
          });
        }
        generate2();
        function generate2() {
          numWorkers = Math.max(1, numWorkers);
          var workers = [];
          for (var i2 = 0; i2 < numWorkers; ++i2) {
            workers[i2] = new Worker(workerScript);
          }
          var running = numWorkers;
          for (var i2 = 0; i2 < numWorkers; ++i2) {
            workers[i2].addEventListener("message", workerMessage);
          }
          var found = false;
          function workerMessage(e) {
            if (found) {
              return;
            }
            --running;
            var data = e.data;
            if (data.found) {
              for (var i3 = 0; i3 < workers.length; ++i3) {
                workers[i3].terminate();
              }
              found = true;
              return callback(null, new BigInteger(data.prime, 16));
            }
            if (num.bitLength() > bits) {
              num = generateRandom(bits, rng);
            }
            var hex2 = num.toString(16);
            e.target.postMessage({
              hex: hex2,
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
      var r2;
      do {
        r2 = new BigInteger(
          forge2.util.bytesToHex(forge2.random.getBytes(key.n.bitLength() / 8)),
          16
        );
      } while (r2.compareTo(key.n) >= 0 || !r2.gcd(key.n).equals(BigInteger.ONE));
      x = x.multiply(r2.modPow(key.e, key.n)).mod(key.n);
      var xp = x.mod(key.p).modPow(key.dP, key.p);
      var xq = x.mod(key.q).modPow(key.dQ, key.q);
      while (xp.compareTo(xq) < 0) {
        xp = xp.add(key.p);
      }
      var y = xp.subtract(xq).multiply(key.qInv).mod(key.p).multiply(key.q).add(xq);
      y = y.multiply(r2.modInverse(key.n)).mod(key.n);
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
          for (var i2 = 0; i2 < x.length; ++i2) {
            x[i2] = b.charCodeAt(i2);
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
    pki.rsa.stepKeyPairGenerationState = function(state, n2) {
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
      while (state.keys === null && (n2 <= 0 || total < n2)) {
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
    pki.setRsaPublicKey = pki.rsa.setPublicKey = function(n2, e) {
      var key = {
        n: n2,
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
    pki.setRsaPrivateKey = pki.rsa.setPrivateKey = function(n2, e, d, p, q, dP, dQ, qInv) {
      var key = {
        n: n2,
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
      var n2, e, d, p, q, dP, dQ, qInv;
      n2 = forge2.util.createBuffer(capture.privateKeyModulus).toHex();
      e = forge2.util.createBuffer(capture.privateKeyPublicExponent).toHex();
      d = forge2.util.createBuffer(capture.privateKeyPrivateExponent).toHex();
      p = forge2.util.createBuffer(capture.privateKeyPrime1).toHex();
      q = forge2.util.createBuffer(capture.privateKeyPrime2).toHex();
      dP = forge2.util.createBuffer(capture.privateKeyExponent1).toHex();
      dQ = forge2.util.createBuffer(capture.privateKeyExponent2).toHex();
      qInv = forge2.util.createBuffer(capture.privateKeyCoefficient).toHex();
      return pki.setRsaPrivateKey(
        new BigInteger(n2, 16),
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
      var n2 = forge2.util.createBuffer(capture.publicKeyModulus).toHex();
      var e = forge2.util.createBuffer(capture.publicKeyExponent).toHex();
      return pki.setRsaPublicKey(
        new BigInteger(n2, 16),
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
        for (var i2 = 0; i2 < padNum; ++i2) {
          eb.putByte(padByte);
        }
      } else {
        while (padNum > 0) {
          var numZeros = 0;
          var padBytes = forge2.random.getBytes(padNum);
          for (var i2 = 0; i2 < padNum; ++i2) {
            padByte = padBytes.charCodeAt(i2);
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
        for (var i2 = 0; i2 < padNum; ++i2) {
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
      generate2();
      function generate2() {
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
          generate2();
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
          generate2();
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
      var hex2 = b.toString(16);
      if (hex2[0] >= "8") {
        hex2 = "00" + hex2;
      }
      var bytes = forge2.util.hexToBytes(hex2);
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
      for (var i2 = 0; i2 < bytes.length; ++i2) {
        buffer2[i2] = bytes.charCodeAt(i2);
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
        for (var i2 = 0; i2 < set.value.length; ++i2) {
          obj = {};
          attr = set.value[i2];
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
      for (var i2 = 0; rval === null && i2 < obj.attributes.length; ++i2) {
        attr = obj.attributes[i2];
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
        var hex2 = digest2.toHex();
        if (options.delimiter) {
          return hex2.match(/.{2}/g).join(options.delimiter);
        }
        return hex2;
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
        for (var i2 = 0; i2 < exts.length; ++i2) {
          _fillMissingExtensionFields(exts[i2], { cert });
        }
        cert.extensions = exts;
      };
      cert.getExtension = function(options) {
        if (typeof options === "string") {
          options = { name: options };
        }
        var rval = null;
        var ext;
        for (var i2 = 0; rval === null && i2 < cert.extensions.length; ++i2) {
          ext = cert.extensions[i2];
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
        var i2 = cert.issuer;
        var s = parent.subject;
        if (i2.hash && s.hash) {
          rval = i2.hash === s.hash;
        } else if (i2.attributes.length === s.attributes.length) {
          rval = true;
          var iattr, sattr;
          for (var n2 = 0; rval && n2 < i2.attributes.length; ++n2) {
            iattr = i2.attributes[n2];
            sattr = s.attributes[n2];
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
        for (var i2 = 0; i2 < cert.extensions.length; ++i2) {
          var ext = cert.extensions[i2];
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
      for (var i2 = 0; i2 < exts.value.length; ++i2) {
        var extseq = exts.value[i2];
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
          for (var n2 = 0; n2 < ev.value.length; ++n2) {
            gn = ev.value[n2];
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
      for (var i2 = 0; i2 < ev.value.length; ++i2) {
        var trees = ev.value[i2];
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
        for (var n2 = 0; n2 < trees.value.length; ++n2) {
          var subtree = trees.value[n2];
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
      for (var i2 = 0; i2 < attrs.length; ++i2) {
        attr = attrs[i2];
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
      for (var i2 = 0; i2 < attrs.length; ++i2) {
        attr = attrs[i2];
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
        for (var n2 = 0; n2 < e.altNames.length; ++n2) {
          altName = e.altNames[n2];
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
        for (var n2 = 0; n2 < e.altNames.length; ++n2) {
          altName = e.altNames[n2];
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
      for (var i2 = 0; i2 < attrs.length; ++i2) {
        var attr = attrs[i2];
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
      for (var i2 = 0; i2 < exts.length; ++i2) {
        seq.value.push(pki.certificateExtensionToAsn1(exts[i2]));
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
        for (var i3 = 0; i3 < match.length; ++i3) {
          var der2 = asn1.toDer(pki.certificateToAsn1(match[i3])).getBytes();
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
              for (var i3 = 0; i3 < value.length; ++i3) {
                certList.push(value[i3]);
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
        for (var i3 = 0; i3 < match.length; ++i3) {
          var der2 = asn1.toDer(pki.certificateToAsn1(match[i3])).getBytes();
          if (der1 === der2) {
            result = match[i3];
            match.splice(i3, 1);
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
        for (var i2 = 0; i2 < certs.length; ++i2) {
          var cert = certs[i2];
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
      for (var i2 = 0; i2 < cert.extensions.length; ++i2) {
        var ext = cert.extensions[i2];
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
      for (var i2 = 0; i2 < subtrees.length; ++i2) {
        var subtree = subtrees[i2];
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
      for (var i2 = 0; i2 < attrs.length; ++i2) {
        var value = attrs[i2].value;
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
        rval.push({ type: attrs[i2].type, value });
      }
      return rval;
    }
    function _isHostName(value) {
      if (typeof value !== "string") {
        return false;
      }
      var labels = false;
      for (var i2 = 0; i2 < value.length; ++i2) {
        var c2 = value.charAt(i2);
        if (/[a-zA-Z0-9_]/.test(c2)) {
          continue;
        }
        if (i2 > 0 && i2 < value.length - 1) {
          if (c2 === "-") {
            continue;
          }
          var next = value.charAt(i2 + 1);
          if (c2 === "." && next !== "." && next !== "-" && value.charAt(i2 - 1) !== "-") {
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
      var i2;
      if (attrs.length > 0) {
        _addConstrainedName(rval, 4, attrs);
      }
      for (i2 = 0; i2 < attrs.length; ++i2) {
        if (attrs[i2].type === oids.emailAddress) {
          _addConstrainedName(rval, 1, attrs[i2].value);
        }
      }
      var hasDnsName = false;
      for (i2 = 0; i2 < cert.extensions.length; ++i2) {
        var san = cert.extensions[i2];
        if (san.id !== "2.5.29.17") {
          continue;
        }
        var altNames = san.altNames || [];
        for (var n2 = 0; n2 < altNames.length; ++n2) {
          var altName = altNames[n2];
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
        for (i2 = 0; i2 < attrs.length; ++i2) {
          if (attrs[i2].type === oids.commonName && _isHostName(attrs[i2].value)) {
            _addConstrainedName(rval, 2, attrs[i2].value);
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
      var i2;
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
          for (i2 = 0; i2 < battrs.length; ++i2) {
            if (battrs[i2].type !== attrs[i2].type || battrs[i2].value !== attrs[i2].value) {
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
          for (i2 = 0; i2 < value.length; ++i2) {
            var mask = base.charCodeAt(value.length + i2);
            if ((value.charCodeAt(i2) & mask) !== (base.charCodeAt(i2) & mask)) {
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
        for (var i2 = 0; i2 < name.value.length; ++i2) {
          var attr = name.value[i2];
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
      var i2;
      var n2;
      var k;
      var nc;
      var subtree;
      var typeName;
      for (i2 = 0; i2 < count && work.checks <= _maxNameConstraintChecks; ++i2) {
        nc = constraints[i2];
        work.checks += (names.length + 1) * (nc.invalid ? 1 : nc.permitted.length + nc.excluded.length + 1);
      }
      if (work.checks > _maxNameConstraintChecks) {
        return {
          message: "Certificate name constraints require too many checks.",
          error: pki.certificateError.unsupported_certificate
        };
      }
      for (i2 = 0; i2 < count; ++i2) {
        nc = constraints[i2];
        if (nc.invalid) {
          return {
            message: "Certificate name constraint could not be parsed.",
            error: pki.certificateError.unsupported_certificate
          };
        }
        var all = nc.permitted.concat(nc.excluded);
        for (n2 = 0; n2 < all.length; ++n2) {
          subtree = all[n2];
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
        for (i2 = 0; i2 < count; ++i2) {
          nc = constraints[i2];
          var found = false;
          var matched = false;
          for (n2 = 0; !matched && n2 < nc.permitted.length; ++n2) {
            subtree = nc.permitted[n2];
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
          for (n2 = 0; n2 < nc.excluded.length; ++n2) {
            subtree = nc.excluded[n2];
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
          for (var i2 = 0; error === null && i2 < cert.extensions.length; ++i2) {
            var ext = cert.extensions[i2];
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

// src/cli/node-version.ts
var { node } = process.versions;
var [major = 0, minor = 0] = node.split(".").map(Number);
if (major < 20 || major === 20 && minor < 19) {
  console.error(`sprinklr-token requires Node.js 20.19 or later. This is ${node}.`);
  process.exit(1);
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
  constructor(code2, message2, { remedy, inputs = [], file, status, possiblyProcessed = false, cause }) {
    super(message2, { cause });
    this.code = code2;
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
  const text3 = trimQuotesAndSpace(unescaped);
  const repairs = [
    [visible !== value, value.includes("\uFEFF") ? "with a byte-order mark" : "with invisible characters"],
    [text3 !== unescaped.trim(), "in quotes"],
    [joined !== visible, "with backslashes at line ends"],
    [unescaped !== joined, "with \\n escapes"]
  ];
  return { text: text3, repairs: repairs.filter(([needed]) => needed).map(([, words]) => words) };
}
function removeContinuations(text3) {
  const isBase64 = /^[\w+/=\\-]+$/.test(text3) && /[^\\]\\[A-Za-mo-qsv-z0-9+]/.test(text3);
  return text3.replace(isBase64 ? /\\/g : /(?<!\\)\\+(?=\s)/g, "");
}
function trimQuotesAndSpace(text3) {
  const wrapping = /[\s"'`\\\u2018\u2019\u201c\u201d]/;
  let start3 = 0;
  let end = text3.length;
  while (wrapping.test(text3.charAt(start3))) start3++;
  while (wrapping.test(text3.charAt(end - 1))) end--;
  return text3.slice(start3, end);
}
function decodeBase64(text3) {
  const compact = text3.replace(/[\s\\]+/g, "");
  return /^(?!.*-----(?:BEGIN|END))[\w+/-]+=*$/.test(compact) ? import_node_buffer.Buffer.from(compact, "base64") : void 0;
}
function decodeText(file) {
  const text3 = decodeUtf16(file) ?? file.toString("utf8");
  return hasControlCharacters(text3) ? void 0 : text3;
}
function decodeUtf16(file) {
  const units = file.subarray(0, file.length - file.length % 2);
  if (units.length === 0) return void 0;
  const mark = units.readUInt16LE();
  const isZero = (offset) => units.every((byte, at) => at % 2 !== offset || byte === 0);
  if (mark === 65279 || isZero(1)) return units.toString("utf16le");
  return mark === 65534 || isZero(0) ? import_node_buffer.Buffer.from(units).swap16().toString("utf16le") : void 0;
}
function hasControlCharacters(text3) {
  return !/^[\x20-\x7e\t\n\r]*$/.test(text3) && new RegExp("[^\\P{Cc}\\t\\n\\r]|\\ufffd", "u").test(text3);
}
var PEM_BOUNDARY = /-{1,5}\s?(BEGIN|END)([A-Z0-9.#\s]{1,40})(?:-{1,5}|$)/g;
var PEM_ENCRYPTION_HEADERS = /Proc-Type:[^:]{0,40}DEK-Info:\s?([A-Z0-9-]{1,20}),\s?((?:[0-9A-F]{16}){1,2})/;
function findPemBlocks(text3) {
  const markers = [...text3.matchAll(PEM_BOUNDARY)];
  return markers.flatMap((begin, i2) => {
    const [start3, word, label = ""] = begin;
    if (word !== "BEGIN") return [];
    const next = markers[i2 + 1];
    const closed2 = next?.[1] === "END";
    const inside = text3.slice(begin.index + start3.length, next?.index);
    const [header2, cipher, iv] = PEM_ENCRYPTION_HEADERS.exec(inside) ?? [];
    const base64 = inside.replace(header2 ?? "", "").replace(closed2 ? "" : /-.*/s, "");
    const body = base64.replace(/[\s\\]+/g, "");
    return [
      {
        label,
        body,
        encryptedPem: cipher && iv ? writeEncrypted(label, `${cipher},${iv}`, body) : void 0,
        closed: closed2,
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
function recognizeText(text3) {
  if (hasControlCharacters(text3)) return "raw-bytes";
  if (startsWithEndLine(text3)) return "end-line";
  return TEXT_PATTERNS.find(([pattern]) => pattern.test(text3))?.[1];
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
  const { code: code2 = "KEY_UNREADABLE", problem, remedy } = KEY_PROBLEMS[kind];
  const input = keyInputFor(facts.input);
  const key = { ...input, file: fileFor(kind, input, facts.isDer) };
  const text3 = typeof problem === "string" ? problem : problem(facts, key);
  return new ActionError(code2, `\`${facts.input}\` ${text3}.`, {
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
function certificateProblemIn(text3, detections, source) {
  const [detection] = detections;
  const kind = detection?.kind ?? recognizeText(text3);
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
  const element = (start4, end) => ({ tag: tag2, start: start4, end });
  if (length < 128) return element(at + 2, at + 2 + length);
  if (length === 128) return element(at + 2, bytes.length);
  const start3 = at + 2 + (length & 127);
  if (length > 132 || start3 > bytes.length) return void 0;
  return element(start3, start3 + bytes.readUIntBE(at + 2, start3 - at - 2));
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
function* detectCertificates(text3, depth = 0) {
  if (mentionsPrivateKey(text3) || hasEncodedPrivateKey(text3)) yield PRIVATE_KEY;
  const blocks = findPemBlocks(text3);
  for (const { label, body, closed: closed2 } of blocks) {
    const isCertificate = label.trim().endsWith("CERTIFICATE");
    const bytes2 = decodeBase64(body);
    const detections = bytes2 ? [...detectInFile(bytes2, depth)].map((found) => ({ label, ...found })) : [];
    yield* label.includes("TRUSTED") ? detections.slice(0, 1) : detections;
    if (!closed2) yield { kind: "truncated", der: NO_BYTES };
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
function mentionsPrivateKey(text3) {
  const words = /(?:BEGIN|END)[A-Z0-9]{0,30}PRIVATEKEY|openssh-key-v1|PuTTY-User-Key-File|privateExponent:|[{,]"d":"[\w-]{20}/;
  return words.test(text3.replace(/[\s\\]+/g, ""));
}
function hasEncodedPrivateKey(text3) {
  for (const { index } of text3.matchAll(/(?<![A-Za-z0-9+/])(?:M[A-P]|LS0t|LQAt|AC0A|b3Bl)/g)) {
    const file = Buffer.from(text3.slice(index, index + 400), "base64");
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
  for (const warning of warnings) if (warning !== void 0) log.warning(warning);
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
  const { text: text3 } = normalizePastedText(value);
  if (text3 === "") {
    throw new ActionError("INPUT_MISSING", `\`${source.input}\` is empty.`, {
      remedy: expectedContent(source),
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
  if (certificates.length === 0)
    throw toCertificateError(source, certificateProblemIn(text3, detections, source));
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
  const start3 = file.toString("hex", 0, 14);
  const magic = MAGIC_NUMBERS.find(([pattern]) => pattern.test(start3));
  if (magic) return { kind: magic[1], content: file, form: "a binary file" };
  const text3 = depth < 3 ? decodeText(file) : void 0;
  const inside = text3 === void 0 ? void 0 : detectPrivateKey(normalizePastedText(text3).text, depth + 1);
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
function detectPemBlock({ label, body, encryptedPem, closed: closed2, isMultiline: hasLines }, depth) {
  const labeled = PEM_LABELS.find(([pattern]) => pattern.test(label))?.[1];
  if (labeled) return { kind: labeled, content: body, form: "PEM" };
  const layout = hasLines ? "" : " on one line";
  if (encryptedPem) {
    const { name } = PRIVATE_KEY_KINDS["encrypted-pem"];
    return {
      kind: closed2 ? "encrypted-pem" : "end-missing",
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
  } catch (error) {
    if (!encrypted) throw failure("damaged", error);
    const isUnsupported = error.code === "ERR_OSSL_EVP_UNSUPPORTED";
    if (isUnsupported)
      throw failure(isMissing ? "cipher-unsupported-without-passphrase" : "cipher-unsupported", error);
    if (!isMissing) throw failure("passphrase-wrong", error);
  }
  throw failure("passphrase-missing");
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
    const signature = (0, import_node_crypto3.sign)("sha256", bytes, key);
    if ((0, import_node_crypto3.verify)("sha256", bytes, (0, import_node_crypto3.createPublicKey)(key), signature)) return signature;
  } catch (error) {
    cause = error;
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
var JOSENotSupported = class extends JOSEError {
  static code = "ERR_JOSE_NOT_SUPPORTED";
  code = "ERR_JOSE_NOT_SUPPORTED";
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
  let i2 = 0;
  for (const buffer2 of buffers)
    buf.set(buffer2, i2), i2 += buffer2.length;
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
  for (let i2 = 0; i2 < string.length; i2++) {
    const code2 = string.charCodeAt(i2);
    if (code2 > 127)
      throw new TypeError("non-ASCII string encountered in encode()");
    bytes[i2] = code2;
  }
  return bytes;
}
function encodeBase64(input, url = false) {
  if (Uint8Array.prototype.toBase64)
    return input.toBase64({ alphabet: url ? "base64url" : "base64", omitPadding: url });
  const CHUNK_SIZE = 32768, arr = [];
  for (let i2 = 0; i2 < input.length; i2 += CHUNK_SIZE)
    arr.push(String.fromCharCode.apply(null, input.subarray(i2, i2 + CHUNK_SIZE)));
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
  for (let i2 = 0; i2 < binary.length; i2++)
    bytes[i2] = binary.charCodeAt(i2);
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
    return decode(value);
  } catch (cause) {
    throw new ErrorClass(`Failed to base64url decode the ${label}`, { cause });
  }
}
var JWE_RECOGNIZED = { __proto__: null };
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
function message(msg, actual, ...types) {
  if (types.length > 2) {
    const last = types.pop();
    msg += `one of type ${types.join(", ")}, or ${last}.`;
  } else types.length === 2 ? msg += `one of type ${types[0]} or ${types[1]}.` : msg += `of type ${types[0]}.`;
  return actual == null ? msg += ` Received ${actual}` : typeof actual == "function" && actual.name ? msg += ` Received function ${actual.name}` : typeof actual == "object" && actual != null && actual.constructor?.name && (msg += ` Received an instance of ${actual.constructor.name}`), msg;
}
var invalidKeyInput = (actual, ...types) => message("Key must be ", actual, ...types);
function invalidKeyType(alg, actual, secret) {
  const types = ["CryptoKey", "KeyObject", "JSON Web Key"];
  return secret && types.push("Uint8Array"), new TypeError(message(`Key for the ${alg} algorithm must be `, actual, ...types));
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
  for (let i2 = 1; i2 <= reps; i2++) {
    const hashResult = await digest("sha256", concat(uint32be(i2), Z, OtherInfo));
    dk.set(hashResult, (i2 - 1) * hashLen);
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
    for (let i2 = 0; i2 < apu.byteLength; i2++)
      if (apu[i2] !== apv[i2])
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
  return new Uint8Array((0, import_node_crypto4.hkdfSync)("sha256", secret, "", info, 32));
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
function serialize(text3) {
  const wellFormed = Buffer.from(text3).toString();
  const urls = [encodeURIComponent(wellFormed), new URLSearchParams({ "": wellFormed }).toString().slice(1)];
  const json = JSON.stringify(text3).slice(1, -1);
  const sets = new Map(ESCAPED_SETS.map((set) => [String(json.match(set)), set])).values();
  const escaped = [...sets].flatMap(
    (set) => ESCAPES.map((escape2) => json.replace(set, (found) => escape2(found.slice(-1))))
  );
  return [
    ...urls,
    ...urls.map((url) => url.replace(/%[0-9A-F]{2}/g, (code2) => code2.toLowerCase())),
    ...[json, ...escaped].flatMap((form) => [form, form.replaceAll("/", "\\/")]),
    text3.replace(/[&<>"']/g, (character) => NAMED_ENTITIES[character] ?? character),
    Buffer.from(text3).toString("base64").replace(/=+$/, "")
  ];
}
function decodeEscapes(text3) {
  return ESCAPE_DECODERS.reduce((decoded, decode3) => decode3(decoded), text3);
}
var ESCAPE_DECODERS = [
  (text3) => text3.replace(
    /\\(?:u\{([\da-fA-F]{1,6})\}|u([\da-fA-F]{4})|x([\da-fA-F]{2})|([nrt]|[bf])|(["'\\/]))/g,
    (_, ...[braced, unicode2, byte, control, character]) => control === void 0 ? character ?? fromCode(braced ?? unicode2 ?? byte ?? "", 16) : " "
  ),
  (text3) => text3.replace(
    /&(?:#x([0-9a-f]{1,8})|#(\d{1,10})|([a-z][a-z0-9]{1,31})(?=;));?/gi,
    (_, ...[hexadecimal, decimal, name = ""]) => hexadecimal === void 0 && decimal === void 0 ? decodeName(name) : fromCode(hexadecimal ?? decimal ?? "", hexadecimal === void 0 ? 10 : 16)
  ),
  (text3) => text3.replace(
    /%u([0-9a-f]{4})|((?:%[0-9a-f]{2})+)/gi,
    (_, unicode2, bytes) => unicode2 === void 0 ? decodeBytes(Buffer.from(bytes.replaceAll("%", ""), "hex")) : fromCode(unicode2, 16)
  )
];
function decodeQuotedPrintable(text3) {
  return text3.replace(/=(?:\s|\\[rn])+/g, "").replace(/(?:=[0-9a-f]{2})+/gi, (bytes) => decodeBytes(Buffer.from(bytes.replaceAll("=", ""), "hex")));
}
var CODE = /%[\da-f]{2}|&#x?[\da-f]+|\\(?:[ux]\{?)?[\da-f]{1,8}|(?:u\+|0x|_x|=x?)[\da-f]{2}/gi;
var NUMBERS = /(?<!\w)(?:\d{1,8}\W+){11,}\d{1,8}(?!\w)/;
function isSpelledOut(text3) {
  return (text3.match(CODE)?.length ?? 0) >= 12 || NUMBERS.test(text3);
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
function fromCode(code2, radix) {
  const value = Number.parseInt(code2, radix);
  return value <= 1114111 ? String.fromCodePoint(value) : " ";
}
function decodeBytes(bytes) {
  const text3 = bytes.toString("utf8");
  return text3.includes("\uFFFD") ? bytes.toString("latin1") : text3;
}
function decodeBase64Runs(text3) {
  const runs = text3.replace(/\s+|\\[rn]/g, "").match(/[\w+/-]{16,}/g) ?? [];
  return [0, 1, 2, 3].map(
    (offset) => runs.map((run2) => Buffer.from(run2.slice(offset), "base64").toString()).join(" ")
  );
}
function decodeHexRuns(text3) {
  const runs = text3.replace(/0x|[\s:,;-]/gi, "").match(/[0-9a-f]{16,}/gi) ?? [];
  return [0, 1].map(
    (offset) => runs.map((run2) => Buffer.from(run2.slice(offset), "hex").toString()).join(" ")
  );
}
var BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
function decodeBase32Runs(text3) {
  const runs = text3.match(/[A-Z2-7]{13,}|[a-z2-7]{13,}/g) ?? [];
  return runs.map((run2) => {
    const bits = Array.from(
      run2.toUpperCase(),
      (digit) => BASE32.indexOf(digit).toString(2).padStart(5, "0")
    );
    const bytes = bits.join("").match(/.{8}/g) ?? [];
    return Buffer.from(bytes.map((byte) => Number.parseInt(byte, 2))).toString();
  }).join(" ");
}

// src/sprinklr/app-id.ts
function parseAppId(text3) {
  const value = valueFromJson(decodeEscapes(decodeEscapes(text3))).replace(/^["'`\u2018\u201c\s]+|["'`\u2019\u201d,;\s]+$/g, "").replace(/\\+(?=[/=+])|\\+$/g, "");
  if (!/^(?!null$)[A-Za-z0-9+/_-]+={0,2}$/.test(value)) {
    throw new ActionError("INPUT_INVALID", "`app-id` is not an App ID: it is not base64.", {
      remedy: 'Use the value of "data" from the registration response. It usually starts with eyJ.',
      inputs: ["app-id"]
    });
  }
  return restorePadding(value);
}
function valueFromJson(text3) {
  return /(?:^\W*|["'])data\\*["'`]?\s*[:=]\s*\\*["'`]?([^"'`,}\s]+)/.exec(text3)?.[1] ?? text3;
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

// src/sprinklr/authorization-code.ts
function parseAuthorizationCode(pasted) {
  const text3 = pasted.replace(/^["'`]|["'`]$/g, "").replace(/^.*[?&]code=(?=https?:\/\/)/s, "");
  if (!/(^|[?&])(code|error)=/.test(text3)) {
    return requireCode(decode2(/^\/|:\/\/|[\s?&]/.test(text3) ? "" : text3));
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
function decode2(text3) {
  try {
    return decodeURIComponent(text3);
  } catch {
    return text3;
  }
}
function requireCode(code2) {
  if (/^[\x21-\x7e]+$/.test(code2)) return code2;
  throw new ActionError("INPUT_INVALID", "`authorization-code` contains no code.", {
    remedy: "Copy the full URL that the browser was redirected to after the consent, or the value after code= in it.",
    inputs: ["authorization-code"]
  });
}

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
function parseEnvironment(text3) {
  const name = text3.trim().replace(/^\{+\s*|\s*\}+$/g, "").toLowerCase();
  if (name === "prod" || name === "production") return "";
  if (!/^([a-z][a-z0-9-]*)?$/.test(name) || name === "env") {
    throw new ActionError("INPUT_INVALID", "`environment` is not the name of a Sprinklr environment.", {
      remedy: 'Use a name such as prod2 or prod4, or leave it empty for the default production environment. To find yours, search the page source of the Sprinklr UI for "sentry-environment".',
      inputs: ["environment"]
    });
  }
  return name;
}
function isLoopback(hostname2) {
  return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(hostname2);
}
function parseBaseUrl(text3) {
  const invalid4 = (problem, hint = "") => new ActionError("INPUT_INVALID", `\`base-url\` ${problem}.`, {
    remedy: `${hint}Use an origin such as https://api2.sprinklr.com, without a path or query. Plain http works only for localhost, 127.0.0.1, or [::1].`,
    inputs: ["base-url"]
  });
  const url = URL.canParse(text3) ? new URL(text3) : void 0;
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

// src/request/parsers.ts
function optional(parse) {
  return (text3, options) => text3 === "" ? void 0 : parse(text3, options);
}
var line = (text3, options) => {
  requireNoQuotes(text3, options);
  if (!/^[\x20-\x7e]+$/.test(text3) && !new RegExp("^[^\\p{C}\\p{Zl}\\p{Zp}]+$", "u").test(text3))
    throw invalid2(options, "must be one line without control characters");
  return text3;
};
var asciiWord = (text3, options) => {
  requireNoQuotes(text3, options);
  if (!/^[\x21-\x7e]+$/.test(text3))
    throw invalid2(options, "must contain only printable ASCII characters, without spaces or line breaks");
  return text3;
};
var urlText = (text3, options) => {
  line(text3, options);
  if (!URL.canParse(text3)) throw invalid2(options, "must be a URL such as https://www.example.com/callback");
  return text3;
};
function choice(...choices) {
  return (text3, options) => {
    const found = choices.find((candidate) => candidate === text3.toLowerCase());
    if (found === void 0)
      throw invalid2(options, `must be ${choices.map((name) => `\`${name}\``).join(" or ")}`);
    return found;
  };
}
var trueOrFalse = choice("true", "false");
var flag = (text3, options) => trueOrFalse(text3, options) === "true";
function integer(minimum, maximum) {
  return (text3, options) => {
    const value = /^\d+$/.test(text3) ? Number(text3) : NaN;
    if (!(value >= minimum && value <= maximum))
      throw invalid2(options, `must be a whole number from ${minimum} to ${maximum}`);
    return value;
  };
}
var idList = (text3, options) => {
  const ids = text3.split(/[\s,]+/).filter((id) => id !== "");
  if (!ids.every((id) => /^\d+$/.test(id)))
    throw invalid2(options, "must be numeric IDs, separated by commas or line breaks");
  return ids;
};
function requireNoQuotes(text3, options) {
  if (/^["'`\u2018\u201c].*["'`\u2019\u201d]$/s.test(text3))
    throw invalid2(options, "must not be wrapped in quotes. They would be sent as part of the value");
}
function invalid2({ name }, rule) {
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
    } catch (error) {
      if (error instanceof ActionError) return void 0;
      throw error;
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

// src/cli/inputs.ts
var CLI_INPUTS = INPUT_NAMES.filter(
  (name) => definitionOf(name).frontEnds.includes("cli")
);
var TOKEN_INPUTS = CLI_INPUTS.filter(
  (name) => name !== "access-token" && name !== "authorization-code"
);
function isSecret(name) {
  return definitionOf(name).secret === true;
}
function isUsuallyFile(name) {
  return isSecret(name) || name === "certificate" || name === "mtls-certificate";
}
function variableOf(name) {
  return `SPRINKLR_${name.toUpperCase().replaceAll("-", "_")}`;
}
function hasVariable(name) {
  return name !== "access-token";
}
function withoutSecrets(env) {
  const removed = INPUT_NAMES.flatMap((name) => [
    `${variableOf(name)}_FILE`,
    ...isSecret(name) ? [variableOf(name)] : []
  ]);
  return Object.fromEntries(Object.entries(env).filter(([name]) => !removed.includes(name.toUpperCase())));
}
function whereToSet(name) {
  const flag2 = `--${name}${isUsuallyFile(name) ? "-file" : ""}`;
  return hasVariable(name) ? `${flag2} or ${variableOf(name)}` : flag2;
}
function whereToPassFile(name) {
  return `--${name}-file or ${variableOf(name)}_FILE`;
}
function remedyOf({ code: code2, remedy, inputs, file }) {
  const names = CLI_INPUTS.filter((name) => inputs.includes(name));
  const places = names.map(whereToSet).join(", ");
  const advice = names.length === 0 ? "" : code2 === "INPUT_MISSING" ? `Pass ${places}.` : file !== void 0 ? `${remedy === "" ? "Pass" : "Then pass"} ${file} with ${names.map(whereToPassFile).join(", ")}.` : code2 === "INPUT_INVALID" ? `Correct ${places}.` : "";
  return [remedy, advice].filter((sentence) => sentence !== "").join(" ");
}

// src/cli/io.ts
var import_node_events = require("node:events");
var import_node_util = require("node:util");
function processIo() {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    program: process.argv[1] ?? "",
    signals: process,
    now: () => /* @__PURE__ */ new Date(),
    exitCode: 0
  };
}
function paint(style, text3, stream) {
  return (0, import_node_util.styleText)(style, text3, { stream });
}
function print(io2, ...lines) {
  io2.stdout.write(lines.map((line2) => `${line2}
`).join(""));
}
function printJson(result, io2) {
  print(io2, JSON.stringify(result, null, 2));
}
function note(io2, ...lines) {
  io2.stderr.write(lines.map((line2) => `${line2}
`).join(""));
}
function progress(io2, text3) {
  if (io2.stderr.isTTY === true) note(io2, `${text3}\u2026`);
}
var TERMINATION_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"];
async function terminationSignal(io2) {
  await deferSignals(io2, (interrupted) => (0, import_node_events.once)(interrupted, "abort"));
}
async function deferSignals(io2, work) {
  const controller = new AbortController();
  const interrupt = () => {
    controller.abort();
  };
  for (const signal of TERMINATION_SIGNALS) io2.signals.on(signal, interrupt);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of TERMINATION_SIGNALS) io2.signals.off(signal, interrupt);
  }
}

// src/cli/errors.ts
var CliError = class extends Error {
  remedy;
  /** 1 failure, 2 usage error. `exec` has more. */
  exitCode;
  constructor(problem, remedy, options = {}) {
    super(problem, { cause: options.cause });
    this.name = "CliError";
    this.remedy = remedy;
    this.exitCode = options.exitCode ?? 1;
  }
};
function usageError(problem, remedy, cause) {
  return new CliError(problem, remedy, { exitCode: 2, cause });
}
function reportError(error, io2, { debug }) {
  const { problem, remedy, exitCode } = describeError(error);
  note(io2, paint("red", problem, io2.stderr), remedy);
  if (debug && error instanceof Error) note(io2, error.stack ?? "");
  return exitCode;
}
function errorAsJson(error) {
  return {
    ok: false,
    "error-code": error instanceof ActionError ? error.code : null,
    message: describeError(error).problem
  };
}
async function withJsonErrors({ json }, io2, work) {
  try {
    return await work();
  } catch (error) {
    if (json === true) printJson(errorAsJson(error), io2);
    throw error;
  }
}
function describeError(error) {
  if (error instanceof CliError)
    return { problem: error.message, remedy: error.remedy, exitCode: error.exitCode };
  if (error instanceof ActionError) {
    const { code: code2, message: message2 } = error;
    return {
      problem: `${message2} (${code2})`,
      remedy: remedyOf(error),
      exitCode: code2.startsWith("INPUT_") ? 2 : 1
    };
  }
  const reason = systemErrorReason(error);
  if (reason !== void 0) {
    const { path } = error;
    return {
      problem: `${path ?? "A system call failed"}: ${reason}.`,
      remedy: "Fix this, then run the command again.",
      exitCode: 1
    };
  }
  return {
    problem: "Unexpected internal error.",
    remedy: "Run the command again with --debug, and open an issue with its output.",
    exitCode: 1
  };
}
var SYSTEM_ERRORS = {
  EACCES: "permission denied",
  EADDRINUSE: "the port is already in use",
  EADDRNOTAVAIL: "this machine does not have that address",
  EEXIST: "it already exists",
  EFBIG: "file too large",
  EISDIR: "it is a folder",
  ENOENT: "no such file or folder",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "part of the path is not a folder",
  EPERM: "permission denied",
  EROFS: "the disk is read-only"
};
function systemErrorReason(error) {
  const { code: code2 = "" } = error;
  return Object.hasOwn(SYSTEM_ERRORS, code2) ? SYSTEM_ERRORS[code2] : void 0;
}

// src/cli/program.ts
var import_node_fs15 = require("node:fs");
var import_node_path19 = require("node:path");

// node_modules/commander/esm.mjs
var import_index = __toESM(require_commander(), 1);
var {
  program,
  createCommand,
  createArgument,
  createOption,
  CommanderError,
  InvalidArgumentError,
  InvalidOptionArgumentError,
  // deprecated old name
  Command,
  Argument,
  Option,
  Help
} = import_index.default;

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
    return value instanceof P ? value : new P(function(resolve8) {
      resolve8(value);
    });
  }
  return new (P || (P = Promise))(function(resolve8, reject) {
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
      result.done ? resolve8(result.value) : adopt(result.value).then(fulfilled, rejected);
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
      return new Promise((resolve8) => __awaiter(this, void 0, void 0, function* () {
        let output = Buffer.alloc(0);
        this.message.on("data", (chunk) => {
          output = Buffer.concat([output, chunk]);
        });
        this.message.on("end", () => {
          resolve8(output.toString());
        });
      }));
    });
  }
  readBodyBuffer() {
    return __awaiter(this, void 0, void 0, function* () {
      return new Promise((resolve8) => __awaiter(this, void 0, void 0, function* () {
        const chunks = [];
        this.message.on("data", (chunk) => {
          chunks.push(chunk);
        });
        this.message.on("end", () => {
          resolve8(Buffer.concat(chunks));
        });
      }));
    });
  }
};
var HttpClient = class {
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
      return new Promise((resolve8, reject) => {
        function callbackForResult(err, res) {
          if (err) {
            reject(err);
          } else if (!res) {
            reject(new Error("Unknown error"));
          } else {
            resolve8(res);
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
      return new Promise((resolve8) => setTimeout(() => resolve8(), ms));
    });
  }
  _processResponse(res, options) {
    return __awaiter(this, void 0, void 0, function* () {
      return new Promise((resolve8, reject) => __awaiter(this, void 0, void 0, function* () {
        const statusCode = res.message.statusCode || 0;
        const response = {
          statusCode,
          result: null,
          headers: {}
        };
        if (statusCode === HttpCodes.NotFound) {
          resolve8(response);
        }
        function dateTimeDeserializer(key, value) {
          if (typeof value === "string") {
            const a2 = new Date(value);
            if (!isNaN(a2.valueOf())) {
              return a2;
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
          resolve8(response);
        }
      }));
    });
  }
};
var lowercaseKeys = (obj) => Object.keys(obj).reduce((c2, k) => (c2[k.toLowerCase()] = obj[k], c2), {});

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
    this.#tunnelRequest = openTunnel(this.#proxy, options, (error, socket) => {
      this.#tunnelRequest = void 0;
      if (error) callback(error);
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
  return new Promise((resolve8, reject) => {
    const bytes = Buffer.allocUnsafe(MAX_RESPONSE_BYTES);
    let length = 0;
    message2.on("data", (chunk) => {
      if (length + chunk.length > MAX_RESPONSE_BYTES) {
        message2.destroy();
        resolve8({ body: "", truncated: true });
        return;
      }
      length += chunk.copy(bytes, length);
    });
    message2.on("end", () => {
      resolve8({
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

// src/redaction.ts
var MAX_QUOTE_LENGTH = 300;
var MAX_TEXT_LENGTH = 1e4;
var MIN_FRAGMENT_LENGTH = 8;
var MIN_SECRET_LENGTH = 4;
var MIN_LEAK_LENGTH = 12;
var MAX_DECODINGS = 3;
var MAX_DECODED_LENGTH = 2e5;
var WITHHELD = "(not shown: it contains a secret)";
function createSecrets(setSecret) {
  const masked = /* @__PURE__ */ new Set();
  const values = /* @__PURE__ */ new Set();
  return {
    mask(value) {
      if (value.length < MIN_SECRET_LENGTH || values.has(value)) return;
      values.add(value);
      for (const form of formsToMask(value)) {
        if (masked.has(form)) continue;
        masked.add(form);
        setSecret(form);
      }
    },
    containsSecret: (text3) => [...masked].some((form) => text3.includes(form)),
    redact(text3) {
      const longestFirst = [...masked, ...values].sort((a2, b) => b.length - a2.length);
      return longestFirst.reduce((redacted, form) => redacted.replaceAll(form, "***"), text3);
    },
    reveals: (text3) => revealsAny(text3, values)
  };
}
function sanitize(text3, secrets) {
  const redacted = secrets.redact(text3.slice(0, MAX_TEXT_LENGTH));
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
function revealsAny(text3, values) {
  const variants = decodings(text3);
  if (variants === void 0 || variants.some(isSpelledOut)) return true;
  const normalized = new Set(variants.map(normalize));
  const runs = new Set([...normalized].flatMap((variant) => [...windows(variant)]));
  for (const value of values) {
    if (variants.some((variant) => variant.includes(value))) return true;
    for (const form of revealingForms(value)) {
      if (form.length >= MIN_LEAK_LENGTH) {
        for (const window2 of windows(form)) if (runs.has(window2)) return true;
      } else if (form.length >= MIN_SECRET_LENGTH) {
        for (const variant of normalized) if (variant.includes(form)) return true;
      }
    }
  }
  return false;
}
function* windows(text3) {
  for (let start3 = 0; start3 + MIN_LEAK_LENGTH <= text3.length; start3++)
    yield text3.slice(start3, start3 + MIN_LEAK_LENGTH);
}
function decodings(text3) {
  const found = /* @__PURE__ */ new Set();
  let latest = [text3];
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
function withoutMarkup(text3) {
  return text3.replace(new RegExp("[^\\P{C}\\r\\n]+", "gu"), "").replace(/<[^<>]*>|: /g, "");
}
function withoutColors(text3) {
  return text3.replaceAll("\0", "").replace(/\u001b\[[\d;]*m/g, "");
}
function decodeOnce(text3) {
  return [
    ...[decodeEscapes, ...ESCAPE_DECODERS, decodeQuotedPrintable, decodeBase32Runs].map(
      (decode3) => decode3(text3)
    ),
    // A host name cannot contain the line breaks of quoted-printable, only the `=` signs before them.
    text3.replaceAll("=", ""),
    ...decodeBase64Runs(text3),
    ...decodeHexRuns(text3)
  ];
}
function normalize(text3) {
  return text3.normalize("NFKD").replace(new RegExp("[^\\p{L}\\p{N}]+", "gu"), "").toLowerCase();
}
function revealingForms(value) {
  const text3 = value.replace(PEM_BOUNDARY2, "");
  const bytes = Buffer.from(text3);
  const base64 = [0, 1, 2].map((offset) => {
    const encoded2 = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
    return offset === 0 ? encoded2.replace(/=+$/, "") : encoded2.slice(4, -4);
  });
  const encoded = [...base64, bytes.toString("hex"), encodeURIComponent(bytes.toString())];
  return [
    normalize(text3),
    // A shorter form could be part of an ordinary word.
    ...encoded.map(normalize).filter((form) => form.length >= MIN_FRAGMENT_LENGTH)
  ];
}

// src/sprinklr/response.ts
function describeError2(response, secrets) {
  const { status, headers, body, unquotable } = response;
  if (unquotable) return WITHHELD;
  const text3 = isCompressed({ headers }) ? "" : body;
  const json = parseJson(text3);
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
  const text3 = body.slice(0, 1e4).replace(/<[^<>]*>/g, " ");
  return /[<>\x01-\x08\x0e-\x1a\x1c-\x1f]/.test(text3) ? "" : text3;
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
    ...texts.flatMap((text3) => [...tokensInText(text3)])
  ]);
  const usable = [...found].filter((token3) => token3.length >= MIN_TOKEN_LENGTH);
  const tokens = usable.filter((token3) => token3.length <= MAX_TOKEN_LENGTH).slice(0, MAX_TOKENS);
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
    yield value.replace(/\\+\//g, "/").replace(/\\+u([0-9a-f]{4})/gi, (_, code2) => String.fromCharCode(Number.parseInt(code2, 16)));
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
function parseJson(text3) {
  if (isTooLarge(text3)) return void 0;
  try {
    return JSON.parse(text3);
  } catch {
    return void 0;
  }
}
var MAX_NESTING2 = 1e3;
var MAX_CONTAINERS = 1e5;
function isTooLarge(text3) {
  let depth = 0;
  let containers = 0;
  let inString = false;
  for (let index = 0; index < text3.length; index++) {
    const character = text3.charAt(index);
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
function proxyFor(url) {
  const text3 = variable("https_proxy");
  if (text3 === "" || url.protocol !== "https:" || isLoopback(url.hostname) || isExempt(url)) return void 0;
  const proxy = parseProxy(text3.includes("://") ? text3 : `http://${text3}`);
  if (proxy !== void 0) return proxy;
  throw new ActionError("NETWORK_UNREACHABLE", "https_proxy or HTTPS_PROXY is not a valid proxy URL.", {
    remedy: "Set it to a URL such as http://USER:PASSWORD@proxy.example.com:3128, without quotes or a path. Percent-encode special characters in the username and password: `\\` is %5C, `#` is %23, `/` is %2F, `?` is %3F, `@` is %40."
  });
}
function unmatchedNoProxyEntries() {
  return noProxyEntries().filter((entry) => /^[\w.:/*-]{1,100}$/.test(entry) && /\/|.\*|^\*[^.]/.test(entry));
}
function parseProxy(text3) {
  if (/[\s\\"'`]/.test(text3) || !URL.canParse(text3)) return void 0;
  const proxy = new URL(text3);
  const { protocol, hostname: hostname2, pathname, search, hash, username, password: password2 } = proxy;
  const isComplete = /^https?:$/.test(protocol) && hostname2 !== "" && pathname === "/" && search + hash === "";
  try {
    decodeURIComponent(`${username}:${password2}`);
  } catch {
    return void 0;
  }
  return isComplete && !/[?#]$/.test(text3) ? proxy : void 0;
}
function isExempt({ hostname: hostname2, port }) {
  const host = hostname2.replace(/^\[|\]$/g, "").toLowerCase();
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
  const permanent = (code3, message3, remedy2) => ({
    error: new ActionError(code3, message3, { remedy: remedy2, cause }),
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
  const code2 = errorCodeOf(cause);
  if (TLS_ERROR_CODES.test(code2)) {
    return permanent(
      "TLS_FAILED",
      `TLS connection to ${url.host} failed (${code2}).`,
      "If a proxy or `base-url` uses a private CA, set the environment variable NODE_EXTRA_CA_CERTS to its PEM file. If the app uses mutual TLS, check `mtls-certificate` and `mtls-private-key`. Otherwise, check `base-url`, whose server must support TLS 1.2 or later, and the machine's clock."
    );
  }
  if (code2.startsWith("HPE_")) {
    return permanent(
      "RESPONSE_INVALID",
      `The response from ${url.host} is not HTTP.`,
      "Check `base-url` and the proxy."
    );
  }
  const proxy = proxyFor(url) === void 0 ? "" : " through the proxy";
  const reason = /^E[A-Z_]+$/.test(code2) ? code2 : "connection lost";
  const [message2, remedy] = responded ? [
    `The response from ${url.host}${proxy} was cut short (${reason}).`,
    "Run this again. If it persists, check the proxy and the firewall."
  ] : [`Connection to ${url.host}${proxy} failed (${reason}).`, CHECK_CONNECTIVITY];
  const failure = permanent("NETWORK_UNREACHABLE", message2, remedy);
  return { ...failure, retryable: true, stale: reused && !responded };
}
function errorCodeOf(error) {
  const { code: code2, errors } = error;
  if (typeof code2 === "string") return code2;
  return Array.isArray(errors) && errors.length > 0 ? errorCodeOf(errors[0]) : "";
}
var CHECK_CONNECTIVITY = "Check that this machine can reach that host: DNS, firewall, the variables https_proxy and no_proxy, `base-url` if you set it, and `mtls-certificate` if the app uses mutual TLS.";
var CHECK_PROXY_CREDENTIALS = "Check the username and password in https_proxy: http://USER:PASSWORD@HOST:PORT, with special characters percent-encoded.";
function toProxyFailure({ proxy, status, challenge, cause }, { host }) {
  const retryable = (failed) => ({ ...failed, retryable: true });
  const failure = (code3, reason2, remedy2) => ({
    error: new ActionError(
      code3,
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
  const code2 = errorCodeOf(cause ?? {});
  if (TLS_ERROR_CODES.test(code2)) {
    return failure(
      "TLS_FAILED",
      `TLS error at the proxy itself: ${code2}`,
      "Start https_proxy with https:// only if the proxy itself expects TLS. Most proxies expect http://. If its certificate is from a private CA, set NODE_EXTRA_CA_CERTS to that CA's PEM file."
    );
  }
  if (code2.startsWith("HPE_")) {
    return failure(
      "NETWORK_UNREACHABLE",
      "the proxy's response is not HTTP",
      "Check the port in https_proxy. If the proxy itself expects TLS, start https_proxy with https://."
    );
  }
  if (status === void 0) {
    const reason2 = /^E[A-Z_]+$/.test(code2) ? `the proxy cannot be reached: ${code2}` : "the proxy cannot be reached";
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
    const text3 = searchableText(response);
    if (status === 403 && RATE_LIMIT.test(text3)) return "RATE_LIMITED";
    if (INACTIVE_KEY.test(text3)) return "API_KEY_INACTIVE";
  }
  return CODES[status] ?? "RESPONSE_INVALID";
}
function searchableText({ reason = "", headers, body }) {
  const values = [reason, ...Object.values(headers).flat()];
  const text3 = [...values, body.slice(0, MAX_SEARCHED_LENGTH)].join('"');
  return decodeEscapes(decodeEscapes(text3)).replace(/<[^<>]*>/g, " ").normalize("NFKC").replace(new RegExp("\\p{Cf}+", "gu"), "").toLowerCase().replace(/["{}[\],;:]+/g, "|").replace(new RegExp("[^\\p{L}\\p{N}|]+", "gu"), " ");
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
function httpDate(text3) {
  const utc = text3.replace(
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
      for (let attempt2 = 1; ; ) {
        const request = build();
        connections ??= createAgent(request.url.protocol, {
          keepAlive: options.keepAlive === true,
          clientCertificate: options.clientCertificate,
          proxy: proxyFor(request.url)
        });
        const startedAt = process.uptime();
        const { response, failure } = await attemptOnce(request, { ...connections, deadline, options });
        const { tokens, complete } = findTokens(response?.body ?? "");
        for (const token3 of tokens) secrets.mask(token3);
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
        const wait = shouldRetry && attempt2 < options.maxAttempts ? retryDelaySeconds({ attempt: attempt2, random: random(), headers: response?.headers, now: now() }) : void 0;
        if (wait === void 0 || exceedsDeadline(wait)) {
          if (failure) throw withAttemptContext(failure, attempt2, { retryPolicy, remedyIfSent, previous });
          return {
            ...response,
            unquotable: !complete,
            attempts: attempt2,
            ...wait !== void 0 && { retryAfterExceedsDeadline: wait }
          };
        }
        const reason = response ? `Sprinklr responded with HTTP ${response.status}.` : failure.error.message;
        log.info(
          `${reason} Retrying in ${wait.toFixed(1)} s (attempt ${attempt2 + 1} of ${options.maxAttempts}).`
        );
        previous = { reason, remedy: failure?.error.remedy };
        await new Promise((resolve8) => setTimeout(resolve8, wait * 1e3));
        attempt2++;
      }
    }
  };
}
function withAttemptContext({ error, unsent }, attempt2, {
  retryPolicy,
  remedyIfSent,
  previous
}) {
  const attempts = attempt2 > 1 ? ` Attempts: ${attempt2}.` : "";
  const { code: code2, cause } = error;
  const earlier = code2 === "TIMED_OUT" ? previous : void 0;
  const message2 = earlier ? `${earlier.reason} In the last attempt, ${error.message}` : error.message;
  if (retryPolicy !== "if-unsent" || unsent)
    return new ActionError(code2, `${message2}${attempts}`, { remedy: earlier?.remedy ?? error.remedy, cause });
  const isTemporary = code2 === "TIMED_OUT" || code2 === "NETWORK_UNREACHABLE";
  const remedies = remedyIfSent === void 0 ? [error.remedy] : [isTemporary ? "" : error.remedy, remedyIfSent];
  return new ActionError(code2, `${message2}${attempts} Sprinklr may have processed the request.`, {
    remedy: remedies.filter((text3) => text3 !== "").join(" "),
    possiblyProcessed: true,
    cause
  });
}
function isRetryable(response, retryPolicy) {
  const code2 = classifyResponse(response);
  return retryPolicy !== "never" && (code2 === "RATE_LIMITED" || code2 === "SERVER_ERROR" && retryPolicy === "idempotent");
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
  } catch (error) {
    agent.destroy();
    const deadlineSeconds = error instanceof DeadlineExceededError ? options.timeoutSeconds : void 0;
    return { failure: toNetworkFailure(error, request.url, { ...observation, deadlineSeconds }) };
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
  const text3 = searchableText({ headers: {}, body: quote });
  const named = checks.filter((check) => check.named.test(text3));
  return named.length === 0 && /\binvalid client\b/.test(text3) ? [API_SECRET] : named;
}
function checkThat(checks) {
  const rules = checks.map(({ rule }, index) => checks.length > 1 ? `(${index + 1}) ${rule}` : rule);
  return `Check${checks.length > 1 ? ", in this order," : ""} that ${rules.join("; ")}.`;
}

// src/sprinklr/response-error.ts
var DAY_SECONDS = 24 * 3600;
var MAX_HOST_LENGTH = 100;
function toResponseError(response, operation, secrets) {
  const code2 = classifyResponse(response) ?? "RESPONSE_INVALID";
  const quote = describeError2(response, secrets);
  const attempts = response.attempts > 1 ? ` after ${response.attempts} attempts` : "";
  const { status, retryAfterExceedsDeadline: delay } = response;
  const special = specialCaseOf(response, code2, operation) ?? alreadyRegistered(quote, code2, operation);
  const sentences = [
    `${capitalize(operation)} failed (HTTP ${status}${attempts}): ${special?.cause ?? CAUSES[code2]}.`,
    code2 === "REDIRECTED" ? `${redirectTarget(response, secrets)} Redirects are not followed.` : "",
    delay === void 0 ? "" : `The next attempt requires a wait of ${delay < DAY_SECONDS ? `${Math.ceil(delay)} s` : "24 hours or more"}, longer than \`timeout-seconds\` allows.`,
    quote === "" ? "The server gave no reason." : quotation(quote)
  ];
  return new ActionError(code2, sentences.filter((sentence) => sentence !== "").join(" "), {
    remedy: special?.remedy ?? remedyForQuote(code2, operation, quote) ?? remedyFor(code2, operation),
    status,
    possiblyProcessed: special === ALREADY_REGISTERED
  });
}
function remedyForQuote(code2, operation, quote) {
  if (code2 !== "CREDENTIALS_REJECTED") return void 0;
  if (operation === "token exchange") return exchangeRemedy(quote);
  return operation === "code exchange" ? codeExchangeRemedy(quote) : void 0;
}
function quotation(quote) {
  return quote === WITHHELD ? "The server's message is not shown, because it contains a secret." : `The server said: "${quote}".`;
}
function alreadyRegistered(quote, code2, operation) {
  const isPossible = operation === "registration" && (code2 === "CREDENTIALS_REJECTED" || code2 === "RESPONSE_INVALID");
  const isNamed = /\bcertificate\b[^.]{0,40}\balready (been )?(registered|exists?)\b|\bduplicate (app )?certificate\b/i.test(
    quote
  );
  return isPossible && isNamed ? ALREADY_REGISTERED : void 0;
}
function specialCaseOf(response, code2, operation) {
  const { status, headers, body } = response;
  const text3 = searchableText(response);
  if (status === 400 && text3.includes("ssl certificate"))
    return { cause: "the server requires a client certificate that it trusts", remedy: MUTUAL_TLS_REMEDY };
  if (status === 400 && text3.includes("access to resource is forbidden")) {
    return {
      cause: "Sprinklr denied permission",
      remedy: REMEDIES_BY_OPERATION[operation].PERMISSION_DENIED ?? GRANT_PERMISSION
    };
  }
  if (code2 === "PERMISSION_DENIED" && isForeignPage(headers, body)) {
    return {
      cause: "the response is a web page, so a proxy or firewall may have blocked the call",
      remedy: "Ask the network team whether a proxy or firewall blocks Sprinklr for this machine. If Sprinklr itself responded, " + lowercaseFirst(REMEDIES_BY_OPERATION[operation].PERMISSION_DENIED ?? GRANT_PERMISSION)
    };
  }
  return void 0;
}
function isForeignPage(headers, body) {
  const start3 = body.slice(0, 2e3).trimStart();
  const isPage = start3.startsWith("<") && /<(!doctype html|html|head|body|title)\b/i.test(start3);
  const isHtml = /\bhtml\b/i.test(headers["content-type"] ?? "") && body.trim() !== "";
  const isGateway = headers["x-mashery-error-code"] !== void 0 || /^\s*(<\?xml[^<>]*>\s*)?<h1>[^<]*<\/h1>\s*$/i.test(body);
  return (isPage || isHtml) && !isGateway;
}
function toInvalidResponseError(response, problem, { operation, secrets }) {
  const quote = describeError2(response, secrets);
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
function remedyFor(code2, operation) {
  return REMEDIES_BY_OPERATION[operation][code2] ?? REMEDIES[code2] ?? "";
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
function lowercaseFirst(text3) {
  return text3.charAt(0).toLowerCase() + text3.slice(1);
}
function capitalize(text3) {
  return text3.charAt(0).toUpperCase() + text3.slice(1);
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
  const { code: code2, message: message2 } = toResponseError(response, "token exchange", secrets);
  return new ActionError(
    code2,
    `${message2} This machine's clock is ${describeSkew(skew)} the server's, more than 24 hours.`,
    {
      remedy: "Correct the machine's clock, then run this again. If it is correct, check `base-url` and the proxy."
    }
  );
}
function describeSkew(skew) {
  return `${Math.abs(skew).toFixed(0)} s ${skew > 0 ? "behind" : "ahead of"}`;
}
async function exchangeCode(http3, { gateway, app, code: code2 }, context) {
  const operation = "code exchange";
  const request = {
    method: "POST",
    url: gateway.tokenEndpoint,
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ ...grantParameters(app), code: code2 }).toString()
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
  const text3 = read(name).trim();
  const problem = PLACEHOLDERS.find(([pattern]) => pattern.test(text3))?.[1];
  if (problem === void 0) return;
  throw new ActionError("INPUT_INVALID", `\`${name}\` ${problem}.`, { remedy: "", inputs: [name] });
}

// src/request/parse.ts
function inputText(name, read) {
  return read(name).trim() || (definitionOf(name).default ?? "");
}
function parseInput(name, read) {
  rejectPlaceholder(name, read);
  return INPUTS[name].parse(inputText(name, read), { name, read });
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
function parseSealing(read, { secrets, sealScope: sealScope2 }) {
  const bytes = parseInput("seal-key", read);
  if (bytes === void 0 && !isSet("private-key", read)) {
    throw new ActionError("INPUT_MISSING", "`seal-key` and `private-key` are both empty.", {
      remedy: "Set the one that the sealing job uses.",
      inputs: ["seal-key", "private-key"]
    });
  }
  const sealKey = bytes === void 0 ? { kind: "private-key", privateKey: maskKey(parseInput("private-key", read), secrets) } : { kind: "seal-key", bytes };
  return { sealKey, scope: sealScope2() };
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
  const code2 = parseInput("authorization-code", read);
  secrets.mask(code2);
  return { code: code2, app };
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
  } catch (error) {
    if (error instanceof ActionError && error.code === "CERTIFICATE_IS_PRIVATE_KEY")
      secrets.mask(read(name).trim());
    throw error;
  }
}

// src/cli/consent.ts
var import_node_crypto6 = require("node:crypto");

// src/cli/consent/browser.ts
var import_node_child_process = require("node:child_process");

// src/cli/consent/one-time-page.ts
var import_node_crypto5 = require("node:crypto");
var import_node_events2 = require("node:events");
var import_node_http2 = require("node:http");

// src/cli/consent/local-server.ts
var RESPONSE_HEADERS = {
  "Content-Type": "text/html; charset=utf-8",
  "Content-Security-Policy": "default-src 'none'",
  "Cache-Control": "no-store",
  "Referrer-Policy": "no-referrer",
  Connection: "close"
};
function isRequestFor({ host, pathname }, { method, url = "", headers }) {
  return method === "GET" && headers.host === host && url.split("?", 1)[0] === pathname;
}

// src/cli/consent/one-time-page.ts
async function startOneTimePage(target) {
  const server = (0, import_node_http2.createServer)().listen(0, "127.0.0.1");
  await (0, import_node_events2.once)(server, "listening");
  const { port } = server.address();
  const page3 = new URL(`http://127.0.0.1:${port}/${(0, import_node_crypto5.randomBytes)(24).toString("base64url")}`);
  server.on("request", (request, response) => {
    if (!server.listening || !isRequestFor(page3, request)) {
      response.writeHead(404, RESPONSE_HEADERS).end();
      return;
    }
    server.close();
    response.writeHead(302, { ...RESPONSE_HEADERS, Location: target }).end();
  });
  return {
    url: page3.href,
    close: () => {
      server.close();
      server.closeAllConnections();
    }
  };
}

// src/cli/consent/browser.ts
function browserCommand({
  platform,
  env
}) {
  if (env["CI"] && env["CI"] !== "false") return void 0;
  if (platform === "darwin") return ["open"];
  if (platform === "win32") {
    const program2 = `${env["SystemRoot"] ?? "C:\\Windows"}\\System32\\rundll32.exe`;
    return [program2, "url.dll,FileProtocolHandler"];
  }
  return env["DISPLAY"] || env["WAYLAND_DISPLAY"] ? ["xdg-open"] : void 0;
}
async function openBrowser(url, { env }) {
  const [program2, ...args] = browserCommand({ platform: process.platform, env }) ?? [];
  if (program2 === void 0) return void 0;
  const page3 = await startOneTimePage(url);
  const child = (0, import_node_child_process.spawn)(program2, [...args, page3.url], {
    stdio: "ignore",
    detached: true,
    env: withoutSecrets(env)
  });
  child.unref();
  return await new Promise((resolve8) => {
    child.once("spawn", () => {
      resolve8(page3);
    });
    child.once("error", () => {
      page3.close();
      resolve8(void 0);
    });
  });
}

// src/cli/consent/callback-server.ts
var import_node_events3 = require("node:events");
var import_node_http3 = require("node:http");
function isLoopbackCallback({ protocol, hostname: hostname2 }) {
  return protocol === "http:" && isLoopback(hostname2);
}
async function startCallbackServer(redirectUri, receive) {
  const addresses = addressesOf(redirectUri);
  const servers = addresses.map((address) => ({ address, server: (0, import_node_http3.createServer)() }));
  const code2 = new Promise((resolve8, reject) => {
    const respond2 = async (request, response) => {
      const result = isRequestFor(redirectUri, request) ? await receive(request.url ?? "") : void 0;
      if (result === void 0) {
        response.writeHead(404, RESPONSE_HEADERS).end();
        return;
      }
      if (result === "refused") {
        response.writeHead(400, RESPONSE_HEADERS).end(page(...REFUSED));
        return;
      }
      response.writeHead(200, RESPONSE_HEADERS).end(page(..."code" in result ? RECEIVED : FAILED));
      await closed(response);
      if ("code" in result) resolve8(result.code);
      else reject(result.error);
    };
    for (const { server } of servers) {
      server.on("request", (request, response) => {
        respond2(request, response).catch(reject);
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
      await (0, import_node_events3.once)(server, "listening");
    } catch (error) {
      const { code: errorCode = "" } = error;
      if (addresses.length > 1 && address === "::1" && errorCode !== "EADDRINUSE") continue;
      close();
      throw error;
    }
  }
  return { code: code2, close };
}
async function closed(response) {
  if (response.closed) return;
  await new Promise((resolve8) => {
    response.once("close", resolve8);
  });
}
function addressesOf({ hostname: hostname2 }) {
  return hostname2 === "localhost" ? ["127.0.0.1", "::1"] : [hostname2.replace(/^\[|\]$/g, "")];
}
var RECEIVED = ["Code received", "You can close this window."];
var FAILED = ["No code received", "You can close this window. The terminal shows the reason."];
var REFUSED = [
  "Response rejected",
  "The command cannot verify that this response belongs to its own consent request, so it is still waiting. If you just allowed the app, paste the URL of this page into the terminal. Without a terminal, run the command again with --no-listen."
];
function page(title, text3) {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<h1>${title}</h1>
<p>${text3}</p>
</html>
`;
}

// src/cli/consent/confirmation.ts
var Confirmation = class {
  #answer;
  #interruption = new AbortController();
  /** Aborts when there is something to ask the user. */
  get interruption() {
    return this.#interruption.signal;
  }
  /** Waits for the user's answer. False at once while another response waits for it. */
  request() {
    if (this.#answer !== void 0) return Promise.resolve(false);
    return new Promise((resolve8) => {
      this.#answer = resolve8;
      this.#interruption.abort();
    });
  }
  answer(isTheirs) {
    this.#answer?.(isTheirs);
    this.#answer = void 0;
    this.#interruption = new AbortController();
  }
};

// src/cli/consent/redirect-url.ts
var import_node_readline2 = require("node:readline");

// node_modules/@clack/core/dist/index.mjs
var import_node_util2 = require("node:util");
var import_node_process = require("node:process");
var import_node_readline = __toESM(require("node:readline"), 1);

// node_modules/fast-string-truncated-width/dist/utils.js
var getCodePointsLength = /* @__PURE__ */ (() => {
  const SURROGATE_PAIR_RE = /[\uD800-\uDBFF][\uDC00-\uDFFF]/g;
  return (input) => {
    let surrogatePairsNr = 0;
    SURROGATE_PAIR_RE.lastIndex = 0;
    while (SURROGATE_PAIR_RE.test(input)) {
      surrogatePairsNr += 1;
    }
    return input.length - surrogatePairsNr;
  };
})();
var isFullWidth = (x) => {
  return x === 12288 || x >= 65281 && x <= 65376 || x >= 65504 && x <= 65510;
};
var isWideNotCJKTNotEmoji = (x) => {
  return x === 8987 || x === 9001 || x >= 12272 && x <= 12287 || x >= 12289 && x <= 12350 || x >= 12441 && x <= 12543 || x >= 12549 && x <= 12591 || x >= 12593 && x <= 12686 || x >= 12688 && x <= 12771 || x >= 12783 && x <= 12830 || x >= 12832 && x <= 12871 || x >= 12880 && x <= 19903 || x >= 65040 && x <= 65049 || x >= 65072 && x <= 65106 || x >= 65108 && x <= 65126 || x >= 65128 && x <= 65131 || x >= 127488 && x <= 127490 || x >= 127504 && x <= 127547 || x >= 127552 && x <= 127560 || x >= 131072 && x <= 196605 || x >= 196608 && x <= 262141;
};

// node_modules/fast-string-truncated-width/dist/index.js
var ANSI_RE = new RegExp("[\\u001b\\u009b][[()#;?]*(?:[0-9]{1,4}(?:;[0-9]{0,4})*)?[0-9A-ORZcf-nqry=><]|\\u001b\\]8;[^;]*;.*?(?:\\u0007|\\u001b\\u005c)", "y");
var CONTROL_RE = new RegExp("[\\x00-\\x08\\x0A-\\x1F\\x7F-\\x9F]{1,1000}", "y");
var CJKT_WIDE_RE = new RegExp("(?:(?![\\uFF61-\\uFF9F\\uFF00-\\uFFEF])[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Tangut}]){1,1000}", "yu");
var TAB_RE = new RegExp("\\t{1,1000}", "y");
var EMOJI_RE = new RegExp("[\\u{1F1E6}-\\u{1F1FF}]{2}|\\u{1F3F4}[\\u{E0061}-\\u{E007A}]{2}[\\u{E0030}-\\u{E0039}\\u{E0061}-\\u{E007A}]{1,3}\\u{E007F}|(?:\\p{Emoji}\\uFE0F\\u20E3?|\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}?|\\p{Emoji_Presentation})(?:\\u200D(?:\\p{Emoji_Modifier_Base}\\p{Emoji_Modifier}?|\\p{Emoji_Presentation}|\\p{Emoji}\\uFE0F\\u20E3?))*", "yu");
var LATIN_RE = new RegExp("(?:[\\x20-\\x7E\\xA0-\\xFF](?!\\uFE0F)){1,1000}", "y");
var MODIFIER_RE = new RegExp("\\p{M}+", "gu");
var NO_TRUNCATION = { limit: Infinity, ellipsis: "" };
var getStringTruncatedWidth = (input, truncationOptions = {}, widthOptions = {}) => {
  const LIMIT = truncationOptions.limit ?? Infinity;
  const ELLIPSIS = truncationOptions.ellipsis ?? "";
  const ELLIPSIS_WIDTH = truncationOptions?.ellipsisWidth ?? (ELLIPSIS ? getStringTruncatedWidth(ELLIPSIS, NO_TRUNCATION, widthOptions).width : 0);
  const ANSI_WIDTH = 0;
  const CONTROL_WIDTH = widthOptions.controlWidth ?? 0;
  const TAB_WIDTH = widthOptions.tabWidth ?? 8;
  const EMOJI_WIDTH = widthOptions.emojiWidth ?? 2;
  const FULL_WIDTH_WIDTH = 2;
  const REGULAR_WIDTH = widthOptions.regularWidth ?? 1;
  const WIDE_WIDTH = widthOptions.wideWidth ?? FULL_WIDTH_WIDTH;
  const PARSE_BLOCKS = [
    [LATIN_RE, REGULAR_WIDTH],
    [ANSI_RE, ANSI_WIDTH],
    [CONTROL_RE, CONTROL_WIDTH],
    [TAB_RE, TAB_WIDTH],
    [EMOJI_RE, EMOJI_WIDTH],
    [CJKT_WIDE_RE, WIDE_WIDTH]
  ];
  let indexPrev = 0;
  let index = 0;
  let length = input.length;
  let lengthExtra = 0;
  let truncationEnabled = false;
  let truncationIndex = length;
  let truncationLimit = Math.max(0, LIMIT - ELLIPSIS_WIDTH);
  let unmatchedStart = 0;
  let unmatchedEnd = 0;
  let width = 0;
  let widthExtra = 0;
  outer: while (true) {
    if (unmatchedEnd > unmatchedStart || index >= length && index > indexPrev) {
      const unmatched = input.slice(unmatchedStart, unmatchedEnd) || input.slice(indexPrev, index);
      lengthExtra = 0;
      for (const char of unmatched.replaceAll(MODIFIER_RE, "")) {
        const codePoint = char.codePointAt(0) || 0;
        if (isFullWidth(codePoint)) {
          widthExtra = FULL_WIDTH_WIDTH;
        } else if (isWideNotCJKTNotEmoji(codePoint)) {
          widthExtra = WIDE_WIDTH;
        } else {
          widthExtra = REGULAR_WIDTH;
        }
        if (width + widthExtra > truncationLimit) {
          truncationIndex = Math.min(truncationIndex, Math.max(unmatchedStart, indexPrev) + lengthExtra);
        }
        if (width + widthExtra > LIMIT) {
          truncationEnabled = true;
          break outer;
        }
        lengthExtra += char.length;
        width += widthExtra;
      }
      unmatchedStart = unmatchedEnd = 0;
    }
    if (index >= length) {
      break outer;
    }
    for (let i2 = 0, l = PARSE_BLOCKS.length; i2 < l; i2++) {
      const [BLOCK_RE, BLOCK_WIDTH] = PARSE_BLOCKS[i2];
      BLOCK_RE.lastIndex = index;
      if (BLOCK_RE.test(input)) {
        lengthExtra = BLOCK_RE === CJKT_WIDE_RE ? getCodePointsLength(input.slice(index, BLOCK_RE.lastIndex)) : BLOCK_RE === EMOJI_RE ? 1 : BLOCK_RE.lastIndex - index;
        widthExtra = lengthExtra * BLOCK_WIDTH;
        if (width + widthExtra > truncationLimit) {
          truncationIndex = Math.min(truncationIndex, index + Math.floor((truncationLimit - width) / BLOCK_WIDTH));
        }
        if (width + widthExtra > LIMIT) {
          truncationEnabled = true;
          break outer;
        }
        width += widthExtra;
        unmatchedStart = indexPrev;
        unmatchedEnd = index;
        index = indexPrev = BLOCK_RE.lastIndex;
        continue outer;
      }
    }
    index += 1;
  }
  return {
    width: truncationEnabled ? truncationLimit : width,
    index: truncationEnabled ? truncationIndex : length,
    truncated: truncationEnabled,
    ellipsed: truncationEnabled && LIMIT >= ELLIPSIS_WIDTH
  };
};
var dist_default = getStringTruncatedWidth;

// node_modules/fast-string-width/dist/index.js
var NO_TRUNCATION2 = {
  limit: Infinity,
  ellipsis: "",
  ellipsisWidth: 0
};
var fastStringWidth = (input, options = {}) => {
  return dist_default(input, NO_TRUNCATION2, options).width;
};
var dist_default2 = fastStringWidth;

// node_modules/fast-wrap-ansi/lib/main.js
var ESC = "\x1B";
var CSI = "\x9B";
var END_CODE = 39;
var ANSI_ESCAPE_BELL = "\x07";
var ANSI_CSI = "[";
var ANSI_OSC = "]";
var ANSI_SGR_TERMINATOR = "m";
var ANSI_ESCAPE_LINK = `${ANSI_OSC}8;;`;
var GROUP_REGEX = new RegExp(`(?:\\${ANSI_CSI}(?<code>\\d+)m|\\${ANSI_ESCAPE_LINK}(?<uri>.*)${ANSI_ESCAPE_BELL})`, "y");
var getClosingCode = (openingCode) => {
  if (openingCode >= 30 && openingCode <= 37)
    return 39;
  if (openingCode >= 90 && openingCode <= 97)
    return 39;
  if (openingCode >= 40 && openingCode <= 47)
    return 49;
  if (openingCode >= 100 && openingCode <= 107)
    return 49;
  if (openingCode === 1 || openingCode === 2)
    return 22;
  if (openingCode === 3)
    return 23;
  if (openingCode === 4)
    return 24;
  if (openingCode === 7)
    return 27;
  if (openingCode === 8)
    return 28;
  if (openingCode === 9)
    return 29;
  if (openingCode === 0)
    return 0;
  return void 0;
};
var wrapAnsiCode = (code2) => `${ESC}${ANSI_CSI}${code2}${ANSI_SGR_TERMINATOR}`;
var wrapAnsiHyperlink = (url) => `${ESC}${ANSI_ESCAPE_LINK}${url}${ANSI_ESCAPE_BELL}`;
var wrapWord = (rows, word, columns) => {
  const characters = word[Symbol.iterator]();
  let isInsideEscape = false;
  let isInsideLinkEscape = false;
  let lastRow = rows.at(-1);
  let visible = lastRow === void 0 ? 0 : dist_default2(lastRow);
  let currentCharacter = characters.next();
  let nextCharacter = characters.next();
  let rawCharacterIndex = 0;
  while (!currentCharacter.done) {
    const character = currentCharacter.value;
    const characterLength = dist_default2(character);
    if (visible + characterLength <= columns) {
      rows[rows.length - 1] += character;
    } else {
      rows.push(character);
      visible = 0;
    }
    if (character === ESC || character === CSI) {
      isInsideEscape = true;
      isInsideLinkEscape = word.startsWith(ANSI_ESCAPE_LINK, rawCharacterIndex + 1);
    }
    if (isInsideEscape) {
      if (isInsideLinkEscape) {
        if (character === ANSI_ESCAPE_BELL) {
          isInsideEscape = false;
          isInsideLinkEscape = false;
        }
      } else if (character === ANSI_SGR_TERMINATOR) {
        isInsideEscape = false;
      }
    } else {
      visible += characterLength;
      if (visible === columns && !nextCharacter.done) {
        rows.push("");
        visible = 0;
      }
    }
    currentCharacter = nextCharacter;
    nextCharacter = characters.next();
    rawCharacterIndex += character.length;
  }
  lastRow = rows.at(-1);
  if (!visible && lastRow !== void 0 && lastRow.length && rows.length > 1) {
    rows[rows.length - 2] += rows.pop();
  }
};
var stringVisibleTrimSpacesRight = (string) => {
  const words = string.split(" ");
  let last = words.length;
  while (last) {
    if (dist_default2(words[last - 1])) {
      break;
    }
    last--;
  }
  if (last === words.length) {
    return string;
  }
  return words.slice(0, last).join(" ") + words.slice(last).join("");
};
var exec = (string, columns, options = {}) => {
  if (options.trim !== false && string.trim() === "") {
    return "";
  }
  let returnValue = "";
  let escapeCode;
  let escapeUrl;
  const words = string.split(" ");
  let rows = [""];
  let rowLength = 0;
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (options.trim !== false) {
      const row = rows.at(-1) ?? "";
      const trimmed = row.trimStart();
      if (row.length !== trimmed.length) {
        rows[rows.length - 1] = trimmed;
        rowLength = dist_default2(trimmed);
      }
    }
    if (index !== 0) {
      if (rowLength >= columns && (options.wordWrap === false || options.trim === false)) {
        rows.push("");
        rowLength = 0;
      }
      if (rowLength || options.trim === false) {
        rows[rows.length - 1] += " ";
        rowLength++;
      }
    }
    const wordLength = dist_default2(word);
    if (options.hard && wordLength > columns) {
      const remainingColumns = columns - rowLength;
      const breaksStartingThisLine = 1 + Math.floor((wordLength - remainingColumns - 1) / columns);
      const breaksStartingNextLine = Math.floor((wordLength - 1) / columns);
      if (breaksStartingNextLine < breaksStartingThisLine) {
        rows.push("");
      }
      wrapWord(rows, word, columns);
      rowLength = dist_default2(rows.at(-1) ?? "");
      continue;
    }
    if (rowLength + wordLength > columns && rowLength && wordLength) {
      if (options.wordWrap === false && rowLength < columns) {
        wrapWord(rows, word, columns);
        rowLength = dist_default2(rows.at(-1) ?? "");
        continue;
      }
      rows.push("");
      rowLength = 0;
    }
    if (rowLength + wordLength > columns && options.wordWrap === false) {
      wrapWord(rows, word, columns);
      rowLength = dist_default2(rows.at(-1) ?? "");
      continue;
    }
    rows[rows.length - 1] += word;
    rowLength += wordLength;
  }
  if (options.trim !== false) {
    rows = rows.map((row) => stringVisibleTrimSpacesRight(row));
  }
  const preString = rows.join("\n");
  let inSurrogate = false;
  for (let i2 = 0; i2 < preString.length; i2++) {
    const character = preString[i2];
    returnValue += character;
    if (!inSurrogate) {
      inSurrogate = character >= "\uD800" && character <= "\uDBFF";
      if (inSurrogate) {
        continue;
      }
    } else {
      inSurrogate = false;
    }
    if (character === ESC || character === CSI) {
      GROUP_REGEX.lastIndex = i2 + 1;
      const groupsResult = GROUP_REGEX.exec(preString);
      const groups = groupsResult?.groups;
      if (groups?.code !== void 0) {
        const code2 = Number.parseFloat(groups.code);
        escapeCode = code2 === END_CODE ? void 0 : code2;
      } else if (groups?.uri !== void 0) {
        escapeUrl = groups.uri.length === 0 ? void 0 : groups.uri;
      }
    }
    if (preString[i2 + 1] === "\n") {
      if (escapeUrl) {
        returnValue += wrapAnsiHyperlink("");
      }
      const closingCode = escapeCode ? getClosingCode(escapeCode) : void 0;
      if (escapeCode && closingCode) {
        returnValue += wrapAnsiCode(closingCode);
      }
    } else if (character === "\n") {
      if (escapeCode && getClosingCode(escapeCode)) {
        returnValue += wrapAnsiCode(escapeCode);
      }
      if (escapeUrl) {
        returnValue += wrapAnsiHyperlink(escapeUrl);
      }
    }
  }
  return returnValue;
};
var CRLF_OR_LF = /\r?\n/;
function wrapAnsi(string, columns, options) {
  return String(string).normalize().split(CRLF_OR_LF).map((line2) => exec(line2, columns, options)).join("\n");
}

// node_modules/sisteransi/dist/index.js
var ESC2 = "\x1B";
var CSI2 = `${ESC2}[`;
var cursor = {
  to(x, y) {
    if (!y)
      return `${CSI2}${x + 1}G`;
    return `${CSI2}${y + 1};${x + 1}H`;
  },
  move(x, y) {
    let ret = "";
    if (x < 0)
      ret += `${CSI2}${-x}D`;
    else if (x > 0)
      ret += `${CSI2}${x}C`;
    if (y < 0)
      ret += `${CSI2}${-y}A`;
    else if (y > 0)
      ret += `${CSI2}${y}B`;
    return ret;
  },
  up: (count = 1) => `${CSI2}${count}A`,
  down: (count = 1) => `${CSI2}${count}B`,
  forward: (count = 1) => `${CSI2}${count}C`,
  backward: (count = 1) => `${CSI2}${count}D`,
  nextLine: (count = 1) => `${CSI2}E`.repeat(count),
  prevLine: (count = 1) => `${CSI2}F`.repeat(count),
  left: `${CSI2}G`,
  hide: `${CSI2}?25l`,
  show: `${CSI2}?25h`,
  save: `${ESC2}7`,
  restore: `${ESC2}8`
};
var erase = {
  screen: `${CSI2}2J`,
  up: (count = 1) => `${CSI2}1J`.repeat(count),
  down: (count = 1) => `${CSI2}J`.repeat(count),
  line: `${CSI2}2K`,
  lineEnd: `${CSI2}K`,
  lineStart: `${CSI2}1K`,
  lines(count) {
    let clear2 = "";
    for (let i2 = 0; i2 < count; i2++)
      clear2 += this.line + (i2 < count - 1 ? cursor.up() : "");
    if (count)
      clear2 += cursor.left;
    return clear2;
  }
};
var clear = {
  screen: `${ESC2}c`
};

// node_modules/@clack/core/dist/index.mjs
var a$1 = ["up", "down", "left", "right", "space", "enter", "cancel"];
var t = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December"
];
var settings = {
  actions: new Set(a$1),
  aliases: /* @__PURE__ */ new Map([
    // vim support
    ["k", "up"],
    ["j", "down"],
    ["h", "left"],
    ["l", "right"],
    ["", "cancel"],
    // opinionated defaults!
    ["escape", "cancel"]
  ]),
  messages: {
    cancel: "Canceled",
    error: "Something went wrong"
  },
  withGuide: true,
  accessible: void 0,
  date: {
    monthNames: [...t],
    messages: {
      required: "Please enter a valid date",
      invalidMonth: "There are only 12 months in a year",
      invalidDay: (n2, e) => `There are only ${n2} days in ${e}`,
      afterMin: (n2) => `Date must be on or after ${n2.toISOString().slice(0, 10)}`,
      beforeMax: (n2) => `Date must be on or before ${n2.toISOString().slice(0, 10)}`
    }
  }
};
function isAccessible(n2) {
  if (n2 !== void 0) return n2;
  if (settings.accessible !== void 0) return settings.accessible;
  const e = process.env.ACCESSIBLE;
  return e !== void 0 && e !== "" && e !== "0" && e !== "false";
}
function isActionKey(n2, e) {
  if (typeof n2 == "string")
    return settings.aliases.get(n2) === e;
  for (const s of n2)
    if (s !== void 0 && isActionKey(s, e))
      return true;
  return false;
}
function diffLines(i2, s) {
  if (i2 === s) return;
  const e = i2.split(`
`), t2 = s.split(`
`), r2 = Math.max(e.length, t2.length), f = [];
  for (let n2 = 0; n2 < r2; n2++)
    e[n2] !== t2[n2] && f.push(n2);
  return {
    lines: f,
    numLinesBefore: e.length,
    numLinesAfter: t2.length,
    numLines: r2
  };
}
var R = globalThis.process.platform.startsWith("win");
var CANCEL_SYMBOL = /* @__PURE__ */ Symbol("clack:cancel");
function isCancel(e) {
  return e === CANCEL_SYMBOL;
}
function setRawMode(e, r2) {
  const o = e;
  o.isTTY && o.setRawMode(r2);
}
var getColumns = (e) => "columns" in e && typeof e.columns == "number" ? e.columns : 80;
var getRows = (e) => "rows" in e && typeof e.rows == "number" ? e.rows : 20;
function wrapTextWithPrefix(e, r2, o, n2 = o, s = o, t2) {
  const l = getColumns(e ?? import_node_process.stdout), i2 = dist_default2(o);
  return wrapAnsi(r2, l - i2, {
    hard: true,
    trim: false
  }).split(`
`).map((c2, a2, g) => {
    const m = t2 ? t2(c2, a2) : c2;
    return a2 === 0 ? `${n2}${m}` : a2 === g.length - 1 ? `${s}${m}` : `${o}${m}`;
  }).join(`
`);
}
function runValidation(e, a2) {
  if ("~standard" in e) {
    const n2 = e["~standard"].validate(a2);
    return n2 instanceof Promise ? n2.then((r2) => r2.issues?.at(0)?.message) : n2.issues?.at(0)?.message;
  }
  return e(a2);
}
var C$1 = class C {
  input;
  output;
  _abortSignal;
  rl;
  opts;
  _render;
  _track = false;
  _prevFrame = "";
  _subscribers = /* @__PURE__ */ new Map();
  _cursor = 0;
  state = "initial";
  error = "";
  value;
  userInput = "";
  /**
   * Whether accessible (static, screen-reader friendly) output is enabled for
   * this prompt, resolved from the `accessible` option, the global setting,
   * and the `ACCESSIBLE` env var.
   */
  get accessible() {
    return isAccessible(this.opts.accessible);
  }
  constructor(t2, e = true) {
    const { input: i2 = import_node_process.stdin, output: s = import_node_process.stdout, render: r2, signal: n2, ...o } = t2;
    this.opts = o, this.onKeypress = this.onKeypress.bind(this), this.close = this.close.bind(this), this.render = this.render.bind(this), this._render = r2.bind(this), this._track = e, this._abortSignal = n2, this.input = i2, this.output = s;
  }
  /**
   * Unsubscribe all listeners
   */
  unsubscribe() {
    this._subscribers.clear();
  }
  /**
   * Set a subscriber with opts
   * @param event - The event name
   */
  setSubscriber(t2, e) {
    const i2 = this._subscribers.get(t2) ?? [];
    i2.push(e), this._subscribers.set(t2, i2);
  }
  /**
   * Subscribe to an event
   * @param event - The event name
   * @param cb - The callback
   */
  on(t2, e) {
    this.setSubscriber(t2, { cb: e });
  }
  /**
   * Subscribe to an event once
   * @param event - The event name
   * @param cb - The callback
   */
  once(t2, e) {
    this.setSubscriber(t2, { cb: e, once: true });
  }
  /**
   * Emit an event with data
   * @param event - The event name
   * @param data - The data to pass to the callback
   */
  emit(t2, ...e) {
    const i2 = this._subscribers.get(t2) ?? [], s = [];
    for (const r2 of i2)
      r2.cb(...e), r2.once && s.push(() => i2.splice(i2.indexOf(r2), 1));
    for (const r2 of s)
      r2();
  }
  prompt() {
    return new Promise((t2) => {
      if (this._abortSignal) {
        if (this._abortSignal.aborted)
          return this.state = "cancel", this.close(), t2(CANCEL_SYMBOL);
        this._abortSignal.addEventListener(
          "abort",
          () => {
            this.state = "cancel", this.close();
          },
          { once: true }
        );
      }
      this.rl = import_node_readline.default.createInterface({
        input: this.input,
        tabSize: 2,
        prompt: "",
        escapeCodeTimeout: 50,
        terminal: true
      }), this.rl.prompt(), this.opts.initialUserInput !== void 0 && this._setUserInput(this.opts.initialUserInput, true), this.input.on("keypress", this.onKeypress), setRawMode(this.input, true), this.output.on("resize", this.render), this.render(), this.once("submit", () => {
        this.output.write(cursor.show), this.output.off("resize", this.render), setRawMode(this.input, false), t2(this.value);
      }), this.once("cancel", () => {
        this.output.write(cursor.show), this.output.off("resize", this.render), setRawMode(this.input, false), t2(CANCEL_SYMBOL);
      });
    });
  }
  _isActionKey(t2, e) {
    return t2 === "	";
  }
  _shouldSubmit(t2, e) {
    return true;
  }
  _setValue(t2) {
    this.value = t2, this.emit("value", this.value);
  }
  _setUserInput(t2, e) {
    this.userInput = t2 ?? "", this.emit("userInput", this.userInput), e && this._track && this.rl && (this.rl.write(this.userInput), this._cursor = this.rl.cursor);
  }
  _clearUserInput() {
    this.rl?.write(null, { ctrl: true, name: "u" }), this._setUserInput("");
  }
  async onKeypress(t2, e) {
    if (this.state !== "validating") {
      if (this._track && e.name !== "return" && (e.name && this._isActionKey(t2, e) && this.rl?.write(null, { ctrl: true, name: "h" }), this._cursor = this.rl?.cursor ?? 0, this._setUserInput(this.rl?.line)), this.state === "error" && (this.state = "active"), e?.name && (!this._track && settings.aliases.has(e.name) && this.emit("cursor", settings.aliases.get(e.name)), settings.actions.has(e.name) && this.emit("cursor", e.name)), t2 && (t2.toLowerCase() === "y" || t2.toLowerCase() === "n") && this.emit("confirm", t2.toLowerCase() === "y"), this.emit("key", t2, e), e?.name === "return" && this._shouldSubmit(t2, e)) {
        if (this.opts.validate) {
          const i2 = runValidation(this.opts.validate, this.value);
          let s;
          i2 instanceof Promise ? (this.state = "validating", this.render(), s = await i2) : s = i2, s && (this.error = s instanceof Error ? s.message : s, this.state = "error", this.rl?.write(this.userInput));
        }
        this.state !== "error" && (this.state = "submit");
      }
      isActionKey([t2, e?.name, e?.sequence], "cancel") && (this.state = "cancel"), (this.state === "submit" || this.state === "cancel") && this.emit("finalize"), this.render(), (this.state === "submit" || this.state === "cancel") && this.close();
    }
  }
  close() {
    this.input.unpipe(), this.input.removeListener("keypress", this.onKeypress), this.output.write(`
`), setRawMode(this.input, false), this.rl?.close(), this.rl = void 0, this.emit(`${this.state}`, this.value), this.unsubscribe();
  }
  restoreCursor() {
    const t2 = wrapAnsi(this._prevFrame, getColumns(this.output), { hard: true, trim: false }).split(`
`).length - 1;
    this.output.write(cursor.move(-999, t2 * -1));
  }
  render() {
    const t2 = wrapAnsi(this._render(this) ?? "", getColumns(this.output), {
      hard: true,
      trim: false
    });
    if (t2 !== this._prevFrame) {
      if (this.state === "initial")
        this.output.write(cursor.hide);
      else {
        const e = diffLines(this._prevFrame, t2), i2 = getRows(this.output);
        if (this.restoreCursor(), e) {
          const s = Math.max(0, e.numLinesAfter - i2), r2 = Math.max(0, e.numLinesBefore - i2);
          let n2 = e.lines.find((o) => o >= s);
          if (n2 === void 0) {
            this._prevFrame = t2;
            return;
          }
          if (e.lines.length === 1) {
            this.output.write(cursor.move(0, n2 - r2)), this.output.write(erase.lines(1));
            const o = t2.split(`
`);
            this.output.write(o[n2]), this._prevFrame = t2, this.output.write(cursor.move(0, o.length - n2 - 1));
            return;
          } else if (e.lines.length > 1) {
            if (s < r2)
              n2 = s;
            else {
              const h2 = n2 - r2;
              h2 > 0 && this.output.write(cursor.move(0, h2));
            }
            this.output.write(erase.down());
            const m = t2.split(`
`).slice(n2);
            this.output.write(m.join(`
`)), this._prevFrame = t2;
            return;
          }
        }
        this.output.write(erase.down());
      }
      this.output.write(t2), this.state === "initial" && (this.state = "active"), this._prevFrame = t2;
    }
  }
};
var r = class extends C$1 {
  get cursor() {
    return this.value ? 0 : 1;
  }
  get _value() {
    return this.cursor === 0;
  }
  constructor(t2) {
    super(t2, false), this.value = !!t2.initialValue, this.on("userInput", () => {
      this.value = this._value;
    }), this.on("confirm", (i2) => {
      this.output.write(cursor.move(0, -1)), this.value = i2, this.state = "submit", this.close();
    }), this.on("cursor", () => {
      this.value = !this.value;
    });
  }
};
var u = class extends C$1 {
  _mask = "\u2022";
  get cursor() {
    return this._cursor;
  }
  get masked() {
    return this.userInput.replaceAll(/./g, this._mask);
  }
  get userInputWithCursor() {
    if (this.state === "submit" || this.state === "cancel")
      return this.masked;
    const t2 = this.userInput;
    if (this.cursor >= t2.length)
      return `${this.masked}${(0, import_node_util2.styleText)(["inverse", "hidden"], "_")}`;
    const s = this.masked, r2 = s.slice(0, this.cursor), i2 = s.slice(this.cursor, this.cursor + 1), o = s.slice(this.cursor + 1);
    return `${r2}${(0, import_node_util2.styleText)("inverse", i2)}${o}`;
  }
  clear() {
    this._clearUserInput();
  }
  constructor({ mask: t2, ...s }) {
    super(s), this._mask = t2 ?? "\u2022", this.on("userInput", (r2) => {
      this._setValue(r2);
    }), this.on("finalize", () => {
      this.value === void 0 && (this.value = "");
    });
  }
};
var n = class extends C$1 {
  get userInputWithCursor() {
    if (this.state === "submit")
      return this.userInput;
    const t2 = this.userInput;
    if (this.cursor >= t2.length)
      return `${this.userInput}\u2588`;
    const r2 = t2.slice(0, this.cursor), s = t2.slice(this.cursor, this.cursor + 1), e = t2.slice(this.cursor + 1);
    return `${r2}${(0, import_node_util2.styleText)("inverse", s)}${e}`;
  }
  get cursor() {
    return this._cursor;
  }
  constructor(t2) {
    super({
      ...t2,
      initialUserInput: t2.initialUserInput ?? t2.initialValue
    }), this.on("userInput", (r2) => {
      this._setValue(r2);
    }), this.on("finalize", () => {
      this.value || (this.value = t2.defaultValue), this.value === void 0 && (this.value = "");
    });
  }
};

// node_modules/@clack/prompts/dist/index.mjs
var import_node_util3 = require("node:util");
var import_node_process2 = __toESM(require("node:process"), 1);
function isUnicodeSupported() {
  if (import_node_process2.default.platform !== "win32") {
    return import_node_process2.default.env.TERM !== "linux";
  }
  return Boolean(import_node_process2.default.env.CI) || Boolean(import_node_process2.default.env.WT_SESSION) || Boolean(import_node_process2.default.env.TERMINUS_SUBLIME) || import_node_process2.default.env.ConEmuTask === "{cmd::Cmder}" || import_node_process2.default.env.TERM_PROGRAM === "Terminus-Sublime" || import_node_process2.default.env.TERM_PROGRAM === "vscode" || import_node_process2.default.env.TERM === "xterm-256color" || import_node_process2.default.env.TERM === "alacritty" || import_node_process2.default.env.TERMINAL_EMULATOR === "JetBrains-JediTerm";
}
var unicode = isUnicodeSupported();
var unicodeOr = (e, o) => unicode ? e : o;
var S_STEP_ACTIVE = unicodeOr("\u25C6", "*");
var S_STEP_CANCEL = unicodeOr("\u25A0", "x");
var S_STEP_ERROR = unicodeOr("\u25B2", "x");
var S_STEP_SUBMIT = unicodeOr("\u25C7", "o");
var S_BAR_START = unicodeOr("\u250C", "T");
var S_BAR = unicodeOr("\u2502", "|");
var S_BAR_END = unicodeOr("\u2514", "\u2014");
var S_BAR_START_RIGHT = unicodeOr("\u2510", "T");
var S_BAR_END_RIGHT = unicodeOr("\u2518", "\u2014");
var S_RADIO_ACTIVE = unicodeOr("\u25CF", ">");
var S_RADIO_INACTIVE = unicodeOr("\u25CB", " ");
var S_CHECKBOX_ACTIVE = unicodeOr("\u25FB", "[\u2022]");
var S_CHECKBOX_SELECTED = unicodeOr("\u25FC", "[+]");
var S_CHECKBOX_INACTIVE = unicodeOr("\u25FB", "[ ]");
var S_PASSWORD_MASK = unicodeOr("\u25AA", "\u2022");
var S_BAR_H = unicodeOr("\u2500", "-");
var S_CORNER_TOP_RIGHT = unicodeOr("\u256E", "+");
var S_CONNECT_LEFT = unicodeOr("\u251C", "+");
var S_CORNER_BOTTOM_RIGHT = unicodeOr("\u256F", "+");
var S_CORNER_BOTTOM_LEFT = unicodeOr("\u2570", "+");
var S_CORNER_TOP_LEFT = unicodeOr("\u256D", "+");
var S_INFO = unicodeOr("\u25CF", "\u2022");
var S_SUCCESS = unicodeOr("\u25C6", "*");
var S_WARN = unicodeOr("\u25B2", "!");
var S_ERROR = unicodeOr("\u25A0", "x");
var symbol = (e) => {
  switch (e) {
    case "initial":
    case "active":
      return (0, import_node_util3.styleText)("cyan", S_STEP_ACTIVE);
    case "cancel":
      return (0, import_node_util3.styleText)("red", S_STEP_CANCEL);
    case "error":
      return (0, import_node_util3.styleText)("yellow", S_STEP_ERROR);
    case "submit":
      return (0, import_node_util3.styleText)("green", S_STEP_SUBMIT);
    case "validating":
      return (0, import_node_util3.styleText)("dim", S_STEP_ACTIVE);
  }
};
var confirm = (e) => {
  const a2 = e.active ?? "Yes", o = e.inactive ?? "No";
  return new r({
    active: a2,
    inactive: o,
    signal: e.signal,
    input: e.input,
    output: e.output,
    initialValue: e.initialValue ?? true,
    render() {
      const i2 = e.withGuide ?? settings.withGuide, u3 = `${symbol(this.state)}  `, l = i2 ? `${(0, import_node_util3.styleText)("gray", S_BAR)}  ` : "", f = wrapTextWithPrefix(
        e.output,
        e.message,
        l,
        u3
      ), s = `${i2 ? `${(0, import_node_util3.styleText)("gray", S_BAR)}
` : ""}${f}
`, c2 = this.value ? a2 : o;
      switch (this.state) {
        case "submit": {
          const r2 = i2 ? `${(0, import_node_util3.styleText)("gray", S_BAR)}  ` : "";
          return `${s}${r2}${(0, import_node_util3.styleText)("dim", c2)}`;
        }
        case "cancel": {
          const r2 = i2 ? `${(0, import_node_util3.styleText)("gray", S_BAR)}  ` : "";
          return `${s}${r2}${(0, import_node_util3.styleText)(["strikethrough", "dim"], c2)}${i2 ? `
${(0, import_node_util3.styleText)("gray", S_BAR)}` : ""}`;
        }
        default: {
          const r2 = i2 ? `${(0, import_node_util3.styleText)("cyan", S_BAR)}  ` : "", g = i2 ? (0, import_node_util3.styleText)("cyan", S_BAR_END) : "";
          return `${s}${r2}${this.value ? `${(0, import_node_util3.styleText)("green", S_RADIO_ACTIVE)} ${a2}` : `${(0, import_node_util3.styleText)("dim", S_RADIO_INACTIVE)} ${(0, import_node_util3.styleText)("dim", a2)}`}${e.vertical ? i2 ? `
${(0, import_node_util3.styleText)("cyan", S_BAR)}  ` : `
` : ` ${(0, import_node_util3.styleText)("dim", "/")} `}${this.value ? `${(0, import_node_util3.styleText)("dim", S_RADIO_INACTIVE)} ${(0, import_node_util3.styleText)("dim", o)}` : `${(0, import_node_util3.styleText)("green", S_RADIO_ACTIVE)} ${o}`}
${g}
`;
        }
      }
    }
  }).prompt();
};
var MULTISELECT_INSTRUCTIONS = [
  `${(0, import_node_util3.styleText)("dim", "\u2191/\u2193")} to navigate`,
  `${(0, import_node_util3.styleText)("dim", "Space:")} select`,
  `${(0, import_node_util3.styleText)("dim", "Enter:")} confirm`
];
var password = (e) => new u({
  validate: e.validate,
  mask: e.mask ?? S_PASSWORD_MASK,
  signal: e.signal,
  input: e.input,
  output: e.output,
  render() {
    const r2 = e.withGuide ?? settings.withGuide, o = `${r2 ? `${(0, import_node_util3.styleText)("gray", S_BAR)}
` : ""}${symbol(this.state)}  ${e.message}
`, m = this.userInputWithCursor, i2 = this.masked;
    switch (this.state) {
      case "error": {
        const s = r2 ? `${(0, import_node_util3.styleText)("yellow", S_BAR)}  ` : "", n2 = r2 ? `${(0, import_node_util3.styleText)("yellow", S_BAR_END)}  ` : "", d = i2 ?? "";
        return e.clearOnError && this.clear(), `${o.trim()}
${s}${d}
${n2}${(0, import_node_util3.styleText)("yellow", this.error)}
`;
      }
      case "submit": {
        const s = r2 ? `${(0, import_node_util3.styleText)("gray", S_BAR)}  ` : "", n2 = i2 ? (0, import_node_util3.styleText)("dim", i2) : "";
        return `${o}${s}${n2}`;
      }
      case "cancel": {
        const s = r2 ? `${(0, import_node_util3.styleText)("gray", S_BAR)}  ` : "", n2 = i2 ? (0, import_node_util3.styleText)(["strikethrough", "dim"], i2) : "";
        return `${o}${s}${n2}${i2 && r2 ? `
${(0, import_node_util3.styleText)("gray", S_BAR)}` : ""}`;
      }
      default: {
        const s = r2 ? `${(0, import_node_util3.styleText)("cyan", S_BAR)}  ` : "", n2 = r2 ? (0, import_node_util3.styleText)("cyan", S_BAR_END) : "";
        return `${o}${s}${m}
${n2}
`;
      }
    }
  }
}).prompt();
var u2 = {
  light: unicodeOr("\u2500", "-"),
  heavy: unicodeOr("\u2501", "="),
  block: unicodeOr("\u2588", "#")
};
var SELECT_INSTRUCTIONS = [
  `${(0, import_node_util3.styleText)("dim", "\u2191/\u2193")} to navigate`,
  `${(0, import_node_util3.styleText)("dim", "Enter:")} confirm`
];
var i = `${(0, import_node_util3.styleText)("gray", S_BAR)}  `;
var text2 = (t2) => new n({
  validate: t2.validate,
  placeholder: t2.placeholder,
  defaultValue: t2.defaultValue,
  initialValue: t2.initialValue,
  output: t2.output,
  signal: t2.signal,
  input: t2.input,
  render() {
    const r2 = t2?.withGuide ?? settings.withGuide, l = `${`${r2 ? `${(0, import_node_util3.styleText)("gray", S_BAR)}
` : ""}${symbol(this.state)}  `}${t2.message}
`, d = t2.placeholder && t2.placeholder.length > 0 ? (
      // biome-ignore lint/style/noNonNullAssertion: guarded by placeholder.length > 0
      (0, import_node_util3.styleText)("inverse", t2.placeholder[0]) + (0, import_node_util3.styleText)("dim", t2.placeholder.slice(1))
    ) : (0, import_node_util3.styleText)(["inverse", "hidden"], "_"), o = this.userInput ? this.userInputWithCursor : d, s = this.value ?? "";
    switch (this.state) {
      case "validating": {
        const n2 = r2 ? `${(0, import_node_util3.styleText)("cyan", S_BAR)}  ` : "", i2 = r2 ? (0, import_node_util3.styleText)("cyan", S_BAR_END) : "", c2 = (0, import_node_util3.styleText)("dim", o), $ = (0, import_node_util3.styleText)("dim", "Validating...");
        return `${l}${n2}${c2}
${i2}  ${$}
`;
      }
      case "error": {
        const n2 = this.error ? `  ${(0, import_node_util3.styleText)("yellow", this.error)}` : "", i2 = r2 ? `${(0, import_node_util3.styleText)("yellow", S_BAR)}  ` : "", c2 = r2 ? (0, import_node_util3.styleText)("yellow", S_BAR_END) : "";
        return `${l.trim()}
${i2}${o}
${c2}${n2}
`;
      }
      case "submit": {
        const n2 = s ? `${r2 ? "  " : ""}${(0, import_node_util3.styleText)("dim", s)}` : "", i2 = r2 ? (0, import_node_util3.styleText)("gray", S_BAR) : "";
        return `${l}${i2}${n2}`;
      }
      case "cancel": {
        const n2 = s ? `  ${(0, import_node_util3.styleText)(["strikethrough", "dim"], s)}` : "", i2 = r2 ? (0, import_node_util3.styleText)("gray", S_BAR) : "";
        return `${l}${i2}${n2}${s.trim() ? `
${i2}` : ""}`;
      }
      default: {
        const n2 = r2 ? `${(0, import_node_util3.styleText)("cyan", S_BAR)}  ` : "", i2 = r2 ? (0, import_node_util3.styleText)("cyan", S_BAR_END) : "";
        return `${l}${n2}${o}
${i2}
`;
      }
    }
  }
}).prompt();

// src/cli/prompts.ts
function isInteractive({ stdin: stdin2, stderr }) {
  return stdin2.isTTY === true && stderr.isTTY === true;
}
var CanceledError = class extends CliError {
};
async function ask(io2, question) {
  return (await prompt(io2, question, text2)).trim();
}
async function askSecret(io2, question) {
  return (await prompt(io2, question, password)).trim();
}
async function confirm2(io2, message2) {
  return await prompt(
    io2,
    { message: message2 },
    ({ input, output, signal, withGuide }) => confirm({ message: message2, input, output, signal, withGuide, initialValue: false })
  );
}
async function prompt(io2, { signal, validate, ...question }, show) {
  if (!isInteractive(io2)) throw new Error(`There is no terminal to ask "${question.message}" on.`);
  const endOfInput = new AbortController();
  const onKey = (_, key) => {
    if (key?.ctrl === true && key.name === "d") endOfInput.abort();
  };
  const signals = [endOfInput.signal, ...signal === void 0 ? [] : [signal]];
  io2.stdin.on("keypress", onKey);
  try {
    const answer = await show({
      ...question,
      ...validate !== void 0 && { validate: (text3 = "") => validate(text3.trim()) },
      input: io2.stdin,
      output: io2.stderr,
      signal: AbortSignal.any(signals),
      withGuide: false
    });
    signal?.throwIfAborted();
    if (isCancel(answer))
      throw new CanceledError("Canceled.", "Nothing was changed. Run the command again to continue.");
    return answer;
  } finally {
    io2.stdin.off("keypress", onKey);
  }
}

// src/cli/consent/response.ts
var MAX_QUOTE_LENGTH2 = 200;
var MIN_CODE_LENGTH = 12;
var ConsentError = class extends CliError {
};
function parseConsentResponse(pasted, state) {
  const text3 = pasted.trim().replace(/^(["'])(.*)\1$/, "$2");
  const isQuery = /(^|[?&])(code|error)=/.test(text3);
  if (!isQuery && text3.length < MIN_CODE_LENGTH) return void 0;
  const query = new URLSearchParams(isQuery ? text3.slice(text3.indexOf("?") + 1).replace(/#.*$/s, "") : "");
  const states = query.getAll("state");
  if (states.some((returned) => returned !== state)) return { state: "wrong" };
  const error = query.get("error");
  const result = error === null ? readCode(text3) : { error: toConsentError(error, query.get("error_description") ?? "") };
  return result && { state: states.length > 0 ? "returned" : "missing", result };
}
function readCode(text3) {
  try {
    return { code: parseAuthorizationCode(text3) };
  } catch (error) {
    if (error instanceof ActionError) return void 0;
    throw error;
  }
}
var RETRY = "Try again in a few minutes.";
var ERRORS = {
  access_denied: [
    "Consent was denied.",
    "Try again, and allow the app. If you did allow it, ask a Sprinklr admin for the platform permission Generate Token."
  ],
  invalid_request: [
    "Sprinklr rejected the consent request as invalid.",
    "Check the API key and --redirect-uri. It must be exactly the app's callback URL, with or without the trailing slash."
  ],
  invalid_scope: [
    "Sprinklr rejected the scope, although none was requested.",
    "Check the app's permissions in the Sprinklr developer portal."
  ],
  server_error: ["Sprinklr had an internal error.", RETRY],
  temporarily_unavailable: ["Sprinklr is temporarily unavailable.", RETRY],
  unauthorized_client: [
    "Sprinklr does not allow this app to request a code.",
    "Check that the API key belongs to the right app and environment, and that the app is active."
  ],
  unsupported_response_type: [
    "This consent page does not issue codes.",
    "Check --gateway, --environment, and --base-url."
  ]
};
function toConsentError(error, description) {
  const [problem, remedy] = (Object.hasOwn(ERRORS, error) ? ERRORS[error] : void 0) ?? [
    `Sprinklr rejected the consent request: ${sanitize2(error) || "(no reason given)"}.`,
    "Look up this error in Sprinklr's documentation, then try again."
  ];
  const details = sanitize2(description);
  return new ConsentError(details === "" ? problem : `${problem} Sprinklr said: "${details}".`, remedy);
}
function sanitize2(text3) {
  const line2 = text3.slice(0, 1e4).replace(new RegExp("[\\p{C}\\p{Z}]+", "gu"), " ").trim();
  return line2.length > MAX_QUOTE_LENGTH2 ? `${line2.slice(0, MAX_QUOTE_LENGTH2)}\u2026` : line2;
}

// src/cli/consent/redirect-url.ts
var OTHER_CONSENT = "This response belongs to another consent: its state does not match.";
async function pastedCode(message2, { state, confirmation, server, signal, io: io2 }) {
  const validate = (text3) => {
    const response = parseConsentResponse(text3, state);
    if (response === void 0) {
      return isConsentPage(text3) ? "This is the URL of the consent page. Open it, allow the app, and paste the URL that the browser is then redirected to." : 'No code found. Paste the full redirect URL. It contains "code=".';
    }
    return response.state === "wrong" ? `${OTHER_CONSENT} Paste the URL that the page above leads to.` : void 0;
  };
  for (; ; ) {
    const { interruption } = confirmation;
    const question = { message: message2, validate, signal: AbortSignal.any([signal, interruption]) };
    const text3 = await ask(io2, question).catch((error) => {
      if (interruption.aborted && !signal.aborted) return void 0;
      throw error;
    });
    if (text3 !== void 0) return codeIn(text3, state) ?? "";
    const isTheirs = await askWhoAllowed(io2, signal);
    confirmation.answer(isTheirs);
    if (isTheirs && server !== void 0) return await server.code;
  }
}
function isConsentPage(text3) {
  return URL.canParse(text3) && new URL(text3).pathname.endsWith("/oauth/authorize");
}
async function askWhoAllowed(io2, signal) {
  const answer = await ask(io2, {
    message: "A code arrived without state, so it could be someone else's. Did you just allow the app in the browser? (y/n)",
    validate: (text3) => /^(y|yes|n|no)$/i.test(text3) ? void 0 : "Answer y or n.",
    signal
  });
  return /^y/i.test(answer);
}
async function pipedCode({ state, signal, io: io2 }) {
  const lines = (0, import_node_readline2.createInterface)({ input: io2.stdin });
  signal.addEventListener("abort", () => {
    lines.close();
  });
  for await (const line2 of lines) {
    if (line2.trim() === "") continue;
    const code2 = codeIn(line2, state);
    if (code2 !== void 0) return code2;
    throw new CliError(
      "No code found in the text on standard input.",
      'Pass the full URL that the browser was redirected to after the consent. It contains "code=".'
    );
  }
  throw new CliError(
    "Standard input ended before the redirect URL.",
    "Run the command in a terminal, or pipe in the URL that the browser was redirected to."
  );
}
function codeIn(text3, state) {
  const response = parseConsentResponse(text3, state);
  if (response === void 0) return void 0;
  if (response.state === "wrong") {
    throw new CliError(
      OTHER_CONSENT,
      "Run the command again, and use only the URL that this consent leads to. If you used that URL, someone may have tried to pass you their code."
    );
  }
  if ("error" in response.result) throw response.result.error;
  return response.result.code;
}

// src/cli/consent.ts
var CODE_SECONDS = 600;
async function requestAuthorizationCode(request, io2) {
  const state = (0, import_node_crypto6.randomBytes)(24).toString("base64url");
  const confirmation = new Confirmation();
  const server = await listen(request, { state, confirmation, io: io2 });
  const timeout = AbortSignal.timeout(request.timeoutSeconds * 1e3);
  const url = consentUrl(request, state);
  note(
    io2,
    "Open this page in a browser where you are logged in to Sprinklr, and allow the app:",
    "",
    url,
    "",
    "If it shows HTTP 500, --redirect-uri does not exactly match the app's callback URL. For any other error, check",
    "--environment, and check that the API key is not the API secret. To correct a value, press Ctrl-C. Then run the",
    "command again, or the one that it prints, with the right value, such as --redirect-uri URL.",
    ""
  );
  let page3;
  try {
    if (request.browser) page3 = await openBrowser(url, io2);
    if (page3 !== void 0) note(io2, "Opened it in your browser.");
    const code2 = await receiveCode({ ...request, state, confirmation, server, timeout, io: io2 });
    note(io2, paint("green", `Received the code. It works once, until ${describeExpiry(io2)}.`, io2.stderr));
    return code2;
  } finally {
    page3?.close();
    server?.close();
  }
}
function consentUrl({ endpoint, apiKey, redirectUri }, state) {
  const parameters = { client_id: apiKey, response_type: "code", redirect_uri: redirectUri, state };
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${endpoint.href}?${query.join("&")}`;
}
async function listen(request, { state, confirmation, io: io2 }) {
  const redirectUri = new URL(request.redirectUri);
  if (!request.listen || !isLoopbackCallback(redirectUri)) return void 0;
  try {
    return await startCallbackServer(redirectUri, async (url) => {
      const response = parseConsentResponse(url, state);
      if (response === void 0) return void 0;
      if (response.state === "wrong") return "refused";
      const { result } = response;
      const isTheirs = response.state === "returned" || "code" in result && isInteractive(io2) && await confirmation.request();
      return isTheirs ? result : "refused";
    });
  } catch (error) {
    const reason = systemErrorReason(error) ?? error.code ?? "unknown error";
    throw new CliError(
      `Cannot listen on ${redirectUri.origin}: ${reason}.`,
      "Free the port, or run the command with --no-listen and paste the redirect URL.",
      { cause: error }
    );
  }
}
async function receiveCode(waiting) {
  const { server, redirectUri, timeoutSeconds, timeout, io: io2 } = waiting;
  const done = new AbortController();
  const signal = AbortSignal.any([done.signal, timeout]);
  const sources = [timedOut(timeout, timeoutSeconds)];
  const limit = `for up to ${formatDuration(timeoutSeconds)}`;
  if (server === void 0) {
    note(
      io2,
      "Then copy the URL that the browser was redirected to. An error page there is fine: only the URL counts.",
      `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}code=\u2026`,
      "",
      `Waiting for that URL ${limit}.`
    );
    const paste = { ...waiting, signal };
    sources.push(isInteractive(io2) ? pastedCode("Redirect URL", paste) : pipedCode(paste));
  } else {
    note(io2, `Waiting for the browser at ${redirectUri} ${limit}.`);
    sources.push(server.code);
    if (isInteractive(io2))
      sources.push(pastedCode("Or paste the URL that the browser was redirected to", { ...waiting, signal }));
  }
  try {
    return await Promise.race(sources);
  } finally {
    done.abort();
    for (const source of sources) source.catch(() => void 0);
  }
}
function timedOut(timeout, seconds) {
  return new Promise((_, reject) => {
    timeout.addEventListener("abort", () => {
      reject(
        new ConsentError(
          `No response within ${formatDuration(seconds)}.`,
          "Try again with a new link. If the page showed an error, check the API key, --environment, and --redirect-uri."
        )
      );
    });
  });
}
function formatDuration(seconds) {
  const minutes = Math.floor(seconds / 60);
  const parts = [minutes > 0 ? `${minutes} min` : "", seconds % 60 > 0 ? `${seconds % 60} s` : ""];
  return parts.filter((part) => part !== "").join(" ");
}
function describeExpiry({ now }) {
  const expiresAt = new Date(now().getTime() + CODE_SECONDS * 1e3);
  return `${expiresAt.toTimeString().slice(0, 8)} (${formatDuration(CODE_SECONDS)} from now)`;
}

// src/cli/context.ts
var import_node_crypto7 = require("node:crypto");
function createContext(io2, secrets = createSecrets(() => void 0)) {
  const show = (line2) => {
    note(io2, secrets.redact(line2));
  };
  return {
    log: {
      debug: () => void 0,
      info: show,
      notice: show,
      warning: (line2) => {
        note(io2, `${paint("yellow", "Warning:", io2.stderr)} ${secrets.redact(line2)}`);
      }
    },
    secrets,
    now: io2.now,
    random: Math.random,
    randomUUID: import_node_crypto7.randomUUID
  };
}

// src/cli/gh.ts
var import_node_child_process2 = require("node:child_process");
var import_consumers = require("node:stream/consumers");
var import_promises = require("node:timers/promises");
var import_node_util4 = require("node:util");
async function requireGh(io2, host) {
  const hostname2 = host === void 0 ? [] : ["--hostname", host];
  const { exitCode, stderr } = await run(io2, ["auth", "status", ...hostname2]);
  if (exitCode === 0) return;
  throw new CliError(
    `The GitHub CLI (gh) is not logged in${firstLine(stderr)}`,
    `Run "${["gh", "auth", "login", ...hostname2].join(" ")}", then this command again.`
  );
}
async function gh(io2, args, { input = "" } = {}) {
  const { exitCode, stdout: stdout2, stderr } = await run(io2, args, input);
  if (exitCode === 0) return stdout2;
  throw new CliError(
    `"gh ${args.slice(0, 2).join(" ")}" failed${firstLine(stderr)}`,
    "Fix this, then run the command again."
  );
}
var GH_ENVIRONMENT = {
  GH_PROMPT_DISABLED: "1",
  GH_NO_UPDATE_NOTIFIER: "1",
  GH_FORCE_TTY: "",
  CLICOLOR_FORCE: "0",
  GH_DEBUG: ""
};
var TIMEOUT_SECONDS = 60;
async function run(io2, args, input = "") {
  return await deferSignals(io2, async (interrupted) => {
    const child = (0, import_node_child_process2.spawn)("gh", args, {
      stdio: "pipe",
      env: { ...withoutSecrets(io2.env), ...GH_ENVIRONMENT }
    });
    interrupted.addEventListener("abort", () => child.kill());
    const closed2 = new Promise((resolve8, reject) => {
      child.on("error", reject).on("close", resolve8);
    });
    child.stdin.on("error", () => void 0);
    child.stdin.end(input);
    let timer;
    const timeout = new Promise((_, reject) => {
      timer = setTimeout(() => {
        reject(
          new CliError(
            `"gh ${args.slice(0, 2).join(" ")}" did not finish within ${TIMEOUT_SECONDS} s.`,
            "Check the connection to GitHub, then run the command again."
          )
        );
        child.kill();
        child.stdout.destroy();
        child.stderr.destroy();
      }, TIMEOUT_SECONDS * 1e3);
    });
    const result = Promise.all([
      closed2.catch((error) => {
        throw cannotStart(error);
      }),
      (0, import_consumers.text)(child.stdout),
      (0, import_consumers.text)(child.stderr)
    ]);
    const [exitCode, stdout2, stderr] = await Promise.race([result, timeout]).finally(() => {
      clearTimeout(timer);
    });
    if (exitCode !== 0) await (0, import_promises.setTimeout)(50);
    if (interrupted.aborted)
      throw new CliError("Interrupted while gh was running.", "Run the command again to retry.");
    return { exitCode, stdout: stdout2, stderr };
  });
}
function cannotStart(error) {
  return new CliError(
    `The GitHub CLI (gh) ${error.code === "ENOENT" ? "is not installed" : "could not be started"}.`,
    'Install it from https://cli.github.com, run "gh auth login", then this command again.',
    { cause: error }
  );
}
function firstLine(output) {
  const line2 = (0, import_node_util4.stripVTControlCharacters)(output).split(/[\r\n]+/).map((text3) => text3.replace(new RegExp("[\\p{Cc}\\p{Cf}]", "gu"), "").trim()).find((text3) => text3 !== "");
  return line2 === void 0 ? "." : `: ${line2.slice(0, 300)}`;
}

// src/cli/options.ts
function integerOption(flag2, description, range) {
  return new Option(`--${flag2} <number>`, description).default(range.default, String(range.default)).argParser((text3) => {
    const value = /^\d+$/.test(text3.trim()) ? Number(text3) : NaN;
    if (value >= range.min && value <= range.max) return value;
    throw usageError(
      `--${flag2} must be a whole number from ${range.min} to ${range.max}.`,
      `Correct --${flag2}.`
    );
  });
}

// src/cli/repository.ts
var OWNER_AND_REPO = /^((?<host>[a-z0-9][a-z0-9.-]*(:\d+)?)\/)?[a-z0-9][\w-]*\/[\w.-]+$/i;
function parseRepository(text3, flag2) {
  const match = OWNER_AND_REPO.exec(text3.trim());
  if (match === null)
    throw usageError(
      `${flag2} must have the form OWNER/REPO.`,
      "Omit https:// and anything after the repository name."
    );
  return { name: match[0], host: match.groups?.["host"] };
}
function describeRepository({ name, environment }) {
  return environment === void 0 ? name : `${name}, environment ${environment}`;
}
function ghFlags({ name, environment }) {
  return ["--repo", name, ...environment === void 0 ? [] : ["--env", environment]];
}

// src/cli/register/dispatch.ts
function parseWorkflow(options) {
  const word = (flag2, text3, form) => {
    if (form.pattern.test(text3.trim())) return text3.trim();
    throw usageError(`--${flag2} must look like ${form.example}.`, `Correct --${flag2}.`);
  };
  const { repo, ref } = options;
  const repository = repo === void 0 ? void 0 : parseRepository(repo, "--repo");
  return {
    file: word("workflow", options.workflow, { pattern: /^\w[\w.-]*$/, example: "register.yml" }),
    repository: repository?.name,
    host: repository?.host,
    ref: ref === void 0 ? void 0 : word("ref", ref, { pattern: /^\w[\w./+-]*$/, example: "main" })
  };
}
async function dispatchWorkflow(code2, workflow, io2) {
  const { file, repository, ref } = workflow;
  const inRepository = repository === void 0 ? [] : ["--repo", repository];
  const command = ["workflow", "run", file, ...inRepository, ...ref === void 0 ? [] : ["--ref", ref]];
  try {
    await gh(io2, [...command, "--json"], { input: JSON.stringify({ code: asWord(code2) }) });
  } catch (error) {
    note(
      io2,
      paint("yellow", `Check \`${["gh run list", ...inRepository].join(" ")}\` first.`, io2.stderr),
      "If the workflow did not start, run this command. The shell's history keeps the code, which is useless after it is used or expires:",
      `gh ${command.join(" ")} -f code=${asWord(code2)}`
    );
    throw error;
  }
  note(io2, `Started ${file}. To watch it: ${["gh run watch", ...inRepository].join(" ")}`);
}
function asWord(code2) {
  if (/^(?!code=|error=)[\w.~+=-]+$/.test(code2)) return code2;
  const encoded = encodeURIComponent(code2).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`
  );
  return `code=${encoded}`;
}

// src/cli/values.ts
var import_node_path3 = require("node:path");

// src/cli/files.ts
var import_node_fs2 = require("node:fs");
var import_promises2 = require("node:fs/promises");
var import_node_path2 = require("node:path");
var import_consumers2 = require("node:stream/consumers");

// src/cli/plain-values.ts
var import_node_fs = require("node:fs");
var import_node_path = require("node:path");
var WORD = /^[A-Z]?[a-z]{0,19}\d{0,5}$/;
var SEPARATED_WORDS = /^[\w.:/@+~[\]{}\\ -]{0,200}$/;
function isPlain(text3) {
  return SEPARATED_WORDS.test(text3) && secretLikeWords(text3).length === 0;
}
function secretLikeWords(text3) {
  return text3.split(/[^A-Za-z0-9]+/).filter((word) => !WORD.test(word));
}
var URL_FORM = /^https?:\/\/[^@{}\\ ]+$/i;
var USUAL_FORMS = {
  environment: /^\{*(prod|production|sandbox|qa|test|dev|staging|stage|uat|demo|default|api)\d{0,2}\}*$/i,
  username: /^[^@/:]+@[^@/:]+\.[a-z]{2,}$/i,
  audience: URL_FORM,
  "redirect-uri": URL_FORM,
  "base-url": URL_FORM
};
var EXACT_FORMS = {
  gateway: /^api[23]$/i,
  "parameters-in": /^(query|body)$/i,
  verify: /^(true|false)$/i,
  "allowed-workspace-ids": /^\d{1,12}([\s,]+\d{1,12}){0,20}$/
};
function canBeShown(name, text3) {
  const exact = EXACT_FORMS[name];
  if (exact !== void 0) return exact.test(text3);
  return isPlain(text3) && (USUAL_FORMS[name]?.test(text3) ?? true);
}
function canPathBeShown(path, cwd) {
  let existing = path;
  while (!(0, import_node_fs.existsSync)(existing) && (0, import_node_path.dirname)(existing) !== existing) existing = (0, import_node_path.dirname)(existing);
  const missing2 = (0, import_node_path.relative)(existing, path);
  return missing2 === "" || isPlain(missing2) && /[./\\]/.test((0, import_node_path.relative)(cwd, path));
}

// src/cli/files.ts
async function readBytes(path, what, io2) {
  const bytes = path === "-" ? await (0, import_consumers2.buffer)(io2.stdin) : readFile(path, what, io2);
  if (bytes.toString("latin1").trim() !== "") return bytes;
  throw new CliError(
    `${path === "-" ? "Standard input" : path} is empty. Expected ${what}.`,
    "Check the path or the command that writes it."
  );
}
function readFile(path, what, { cwd }) {
  try {
    return (0, import_node_fs2.readFileSync)(path);
  } catch (error) {
    if (!canPathBeShown(path, cwd)) {
      throw new CliError(
        `Cannot read ${what}: no such file.`,
        "Check the path. It is not shown, because it could be a secret. If you passed the value itself, remove it from the shell's history, and pass the path of a file that contains it.",
        { cause: error }
      );
    }
    const reason = systemErrorReason(error) ?? "unknown error";
    throw new CliError(
      `Cannot read ${what} from ${path}: ${reason}.`,
      "Check the path and its permissions.",
      {
        cause: error
      }
    );
  }
}
function checkFolder(folder, names, options) {
  const isFolder = (path) => (0, import_node_fs2.statSync)(path, { throwIfNoEntry: false })?.isDirectory() === true;
  if ((0, import_node_fs2.lstatSync)(folder, { throwIfNoEntry: false }) === void 0) {
    if (isFolder((0, import_node_path2.dirname)(folder))) {
      requireWritable((0, import_node_path2.dirname)(folder));
      return;
    }
    throw new CliError(`${(0, import_node_path2.dirname)(folder)} is not a folder.`, "Create it, or choose another path.");
  }
  if (!isFolder(folder)) throw new CliError(`${folder} is not a folder.`, "Choose another path.");
  const existing = names.filter(
    (name) => (0, import_node_fs2.lstatSync)((0, import_node_path2.join)(folder, name), { throwIfNoEntry: false }) !== void 0
  );
  if (existing.length > 0 && !options.replace) {
    throw new CliError(
      `${folder} already contains ${existing.join(", ")}.`,
      "Choose another folder, or replace them with --force."
    );
  }
  const folders = existing.filter(
    (name) => isFolder((0, import_node_path2.join)(folder, name)) && !(0, import_node_fs2.lstatSync)((0, import_node_path2.join)(folder, name)).isSymbolicLink()
  );
  if (folders.length > 0)
    throw new CliError(
      `${folders.join(", ")} in ${folder} is a folder.`,
      "Remove it, or choose another folder."
    );
  requireWritable(folder);
}
function requireWritable(folder) {
  try {
    (0, import_node_fs2.rmdirSync)((0, import_node_fs2.mkdtempSync)((0, import_node_path2.join)(folder, ".sprinklr-token-")));
  } catch (error) {
    const { code: code2 } = error;
    const reason = systemErrorReason(error) ?? code2 ?? "unknown error";
    throw new CliError(`Cannot create files in ${folder}: ${reason}.`, "Choose another path.", {
      cause: error
    });
  }
}
async function writeFiles(folder, files, { replace, io: io2 }) {
  await deferSignals(io2, async (interrupted) => {
    const undo = [];
    const replaced = [];
    try {
      if (await createFolder(folder)) undo.push(() => (0, import_promises2.rmdir)(folder));
      const staging = replace ? await (0, import_promises2.mkdtemp)((0, import_node_path2.join)(folder, ".sprinklr-token-")) : folder;
      if (replace) {
        undo.push(() => (0, import_promises2.rm)(staging, { recursive: true }));
        await createFile((0, import_node_path2.join)(staging, ".gitignore"), "*\n", 384);
      }
      for (const { name, content, secret } of files) {
        if (interrupted.aborted) throw new Error("interrupted");
        const path = (0, import_node_path2.join)(staging, name);
        await createFile(path, content, secret ? 384 : 420);
        if (!replace) undo.push(() => (0, import_promises2.rm)(path));
      }
      if (!replace) return;
      for (const { name } of files) {
        await (0, import_promises2.rename)((0, import_node_path2.join)(staging, name), (0, import_node_path2.join)(folder, name));
        replaced.push(name);
      }
      await (0, import_promises2.rm)(staging, { recursive: true });
    } catch (error) {
      for (const step of undo.reverse()) await step().catch(() => void 0);
      const reason = systemErrorReason(error) ?? error.message;
      const state = replaced.length === 0 ? "Nothing was changed." : `Already replaced: ${replaced.join(", ")}.`;
      throw new CliError(
        `Cannot write the files to ${folder}: ${reason}.`,
        `${state} Run the command again.`,
        {
          cause: error
        }
      );
    }
  });
}
async function createFolder(path) {
  try {
    await (0, import_promises2.mkdir)(path, { mode: 448 });
    return true;
  } catch (error) {
    if ((0, import_node_fs2.statSync)(path, { throwIfNoEntry: false })?.isDirectory() === true) return false;
    throw error;
  }
}
async function createFile(path, content, mode) {
  const file = await (0, import_promises2.open)(path, "wx", mode);
  try {
    await file.writeFile(content);
    await file.sync();
  } catch (error) {
    await (0, import_promises2.rm)(path);
    throw error;
  } finally {
    await file.close();
  }
}

// src/cli/values.ts
function addValueFlags(command, names) {
  for (const name of names) {
    const help = helpFor(name);
    const fromFile = new Option(`--${name}-file <file>`, help).hideHelp(!isUsuallyFile(name));
    if (!isSecret(name)) {
      const option = new Option(`--${name} <value>`, help).hideHelp(isUsuallyFile(name));
      command.addOption(option.conflicts(attributeOf(`${name}-file`)));
    }
    command.addOption(fromFile);
  }
  for (const name of INPUT_NAMES)
    if (isSecret(name)) command.addOption(refusedFlag(name, names.includes(name)));
  command.addHelpText(
    "after",
    `
Each value comes from the first of these that is set: the flag --NAME, the file in --NAME-file (- for standard input),
the variable SPRINKLR_NAME, the file in SPRINKLR_NAME_FILE. For example: --username, --username-file, SPRINKLR_USERNAME,
SPRINKLR_USERNAME_FILE. Pass secrets in files or variables. They are never accepted as the value of a flag.`
  );
}
function helpFor(name) {
  const { description, default: fallback } = definitionOf(name);
  const [sentence = ""] = description.replaceAll("`", "").replace(/^register only: /, "").split(/\.(?: |$)/);
  return fallback === void 0 ? sentence : `${sentence} (default: ${fallback})`;
}
function refusedFlag(name, isUsed) {
  const refuse2 = () => {
    throw usageError(
      `--${name} is not accepted on the command line: the value would stay in the shell's history, and every process on this machine could read it.`,
      `${isUsed ? `Pass it with ${whereToSet(name)}.` : "This command does not need it."} If the shell's history contains the value, remove it there.`
    );
  };
  return new Option(`--${name} [value]`).hideHelp().preset("").argParser(refuse2);
}
async function readValues(names, options, io2) {
  const sources = names.map((name) => ({ name, source: findSource(name, options, io2) }));
  const readers = sources.filter(({ source }) => source?.path === "-").map(({ name }) => `--${name}-file`);
  if (readers.length > 1) {
    throw usageError(
      `${readers.join(" and ")} cannot all be standard input.`,
      "Use - once, and a file or a variable for the others."
    );
  }
  const given = /* @__PURE__ */ new Map();
  const unreadable = /* @__PURE__ */ new Map();
  for (const { name, source } of sources) {
    if (source === void 0) continue;
    try {
      given.set(
        name,
        source.path === void 0 ? { ...source, isFile: false, isBinary: false } : await readValueFile(source.path, name, io2)
      );
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      unreadable.set(name, error);
    }
  }
  return { given, unreadable };
}
async function requireValues(names, options, io2) {
  const values = await readValues(names, options, io2);
  for (const error of values.unreadable.values()) throw error;
  return rawReader(values);
}
function rawReader({ given }) {
  return (name) => given.get(name)?.text.trim() ?? "";
}
function sealScope() {
  throw new Error("The command line seals nothing.");
}
function readsStandardInput(names, options, io2) {
  return names.some((name) => findSource(name, options, io2)?.path === "-");
}
function isPassed(name, options, io2) {
  const source = findSource(name, options, io2);
  return source !== void 0 && (source.path !== void 0 || source.text.trim() !== "");
}
function findSource(name, options, io2) {
  const flags = options;
  const text3 = flags[attributeOf(name)];
  if (typeof text3 === "string") return { text: text3, source: `--${name}` };
  const path = flags[attributeOf(`${name}-file`)];
  if (typeof path === "string") return { path };
  if (!hasVariable(name)) return void 0;
  const variable2 = variableOf(name);
  const { [variable2]: value, [`${variable2}_FILE`]: file = "" } = io2.env;
  if (!value?.trim() && file.trim() !== "") return { path: file };
  return value === void 0 ? void 0 : { text: value, source: variable2 };
}
async function readValueFile(path, name, io2) {
  const absolute = path === "-" ? path : (0, import_node_path3.resolve)(io2.cwd, path);
  const bytes = await readBytes(absolute, `the ${name}`, io2);
  const text3 = identifyDer(bytes) === void 0 ? decodeText(bytes) : void 0;
  return {
    text: text3 ?? bytes.toString("base64"),
    source: path === "-" ? "standard input" : path,
    isFile: true,
    isBinary: text3 === void 0
  };
}
function attributeOf(flag2) {
  return flag2.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase());
}

// src/cli/register.ts
var CONSENT_NAMES = [
  "api-key",
  "redirect-uri",
  "environment",
  "gateway",
  "base-url",
  "authorization-code"
];
var NAMES = [
  "certificate",
  "private-key",
  "private-key-passphrase",
  ...CONSENT_NAMES,
  "api-secret",
  "access-token",
  "certificate-warning-days",
  "max-attempts",
  "timeout-seconds",
  "mtls-certificate",
  "mtls-private-key",
  "mtls-passphrase"
];
function addRegister(program2, io2) {
  const command = program2.command("register").summary("register the certificate after you consent in a browser").description(
    "Opens Sprinklr's consent page in a browser. Receives the one-time code on the app's callback URL if that is on this computer (http://localhost:PORT/\u2026), or else from the redirect URL that you paste. Then uploads the certificate and prints only its App ID on standard output. This invalidates the API key's current token."
  );
  addValueFlags(command, NAMES);
  return command.option("--no-browser", "print the URL of the consent page, but do not open it").option("--no-listen", "ask for the redirect URL even if the callback URL is on this computer").addOption(
    integerOption("consent-timeout-seconds", "seconds to wait for the consent", {
      min: 1,
      max: 3600,
      default: CODE_SECONDS
    })
  ).option("--json", "print the result as JSON").addOption(
    new Option(
      "--dispatch",
      "pass the code to the repository's register workflow instead; requires the GitHub CLI (gh)"
    ).conflicts(["json", "accessTokenFile"])
  ).addOption(
    new Option("--workflow <file>", "with --dispatch: a workflow with an input named code").default(
      "register.yml",
      "register.yml"
    )
  ).option(
    "--repo <OWNER/REPO>",
    "with --dispatch: the workflow's repository (default: the current folder's)"
  ).option("--ref <name>", "with --dispatch: branch of the workflow (default: the default branch)").addHelpText(
    "before",
    `Example:
  sprinklr-token register --certificate-file server.crt --private-key-file server.der \\
    --environment prod2 --redirect-uri https://www.example.com/callback
`
  ).addHelpText(
    "after",
    `
Pass an access token only with --access-token-file, because SPRINKLR_ACCESS_TOKEN is for the commands that exec runs.
Without a terminal, register reads the redirect URL from standard input.`
  ).action(
    (options) => withJsonErrors(
      options,
      io2,
      () => options.dispatch === true ? dispatch(options, io2) : registerHere(options, io2)
    )
  );
}
async function dispatch(options, io2) {
  const workflow = parseWorkflow(options);
  const needsConsent = isConsentNeeded(CONSENT_NAMES, options, io2);
  const read = await askForSecrets(
    needsConsent ? ["api-key"] : [],
    await requireValues(CONSENT_NAMES, options, io2),
    io2
  );
  const getCode = needsConsent ? prepareConsent(read, options, io2) : () => parseInput("authorization-code", read);
  await requireGh(io2, workflow.host);
  await dispatchWorkflow(await getCode(), workflow, io2);
}
async function registerHere(options, io2) {
  const context = createContext(io2);
  const request = await readRequest(options, context, io2);
  printResult(await register(request, context), options, io2);
}
async function readRequest(options, context, io2) {
  const { secrets, log } = context;
  const needsConsent = isConsentNeeded(NAMES, options, io2);
  const read = await askForSecrets(
    needsConsent ? ["api-key", "api-secret"] : [],
    await requireValues(NAMES, options, io2),
    io2
  );
  const registration = parseRegistration(read, { secrets });
  const silent = { ...log, warning: () => void 0 };
  checkCertificate(registration.certificate, registration, { now: io2.now, log: silent });
  if (!needsConsent) return { ...registration, grant: parseGrant(read, secrets) };
  const app = parseDeveloperApp(read);
  const code2 = await prepareConsent(read, options, io2)();
  secrets.mask(code2);
  return { ...registration, grant: { code: code2, app } };
}
function isConsentNeeded(names, options, io2) {
  if (isPassed("access-token", options, io2) || isPassed("authorization-code", options, io2)) return false;
  if (!readsStandardInput(names, options, io2)) return true;
  throw usageError(
    "Standard input is reserved for the redirect URL.",
    "Pass the values as flags, files, or variables."
  );
}
function prepareConsent(read, options, io2) {
  const request = {
    redirectUri: parseRedirectUri(read),
    endpoint: parseGateway(read).authorizationEndpoint,
    apiKey: parseInput("api-key", read),
    browser: options.browser,
    listen: options.listen,
    timeoutSeconds: options.consentTimeoutSeconds
  };
  return async () => {
    note(io2, "The registration requests an access token. This invalidates the API key's current token.", "");
    return await requestAuthorizationCode(request, io2);
  };
}
function parseRedirectUri(read) {
  const redirectUri = parseInput("redirect-uri", read);
  if (!redirectUri.includes("#")) return redirectUri;
  throw usageError(
    "redirect-uri contains a #, which OAuth forbids.",
    "Pass exactly the app's callback URL: --redirect-uri https://www.example.com/callback"
  );
}
var LABELS = { "api-key": "API key", "api-secret": "API secret" };
async function askForSecrets(names, given, io2) {
  const answers = {};
  for (const name of names) {
    if (given(name) !== "" || !isInteractive(io2)) continue;
    const validate = (answer) => problemWith(name, answer);
    answers[name] = await askSecret(io2, { message: LABELS[name], validate });
  }
  return (name) => answers[name] ?? given(name);
}
function problemWith(name, answer) {
  try {
    parseInput(name, () => answer);
    return void 0;
  } catch (error) {
    if (error instanceof ActionError) return error.message;
    throw error;
  }
}
function printResult({ appId, apiUrl, certificate }, { json }, io2) {
  const expiresAt = certificate.expiresAt.toISOString();
  note(
    io2,
    `Registered the certificate with SHA-256 fingerprint ${certificate.fingerprint}. It expires at ${expiresAt}.`,
    "Store its App ID as a variable of the repository. For one of its environments, add --env NAME:",
    `  gh variable set SPRINKLR_APP_ID --body '${appId}'`,
    "The next token request for this API key invalidates the token that registered the certificate."
  );
  if (json !== true) {
    print(io2, appId);
    return;
  }
  const result = {
    ok: true,
    "app-id": appId,
    "api-url": apiUrl,
    "certificate-fingerprint": certificate.fingerprint,
    "certificate-expires-at": expiresAt
  };
  printJson(result, io2);
}

// src/credentials/keygen.ts
var import_node_crypto8 = require("node:crypto");
var import_node_net3 = require("node:net");
var import_node_util5 = require("node:util");
var import_x509 = __toESM(require_x509(), 1);
var import_forge = __toESM(require_forge(), 1);
var BACKDATING_MS = 5 * 6e4;
var DAY_MS2 = 24 * 60 * 6e4;
var LOOPBACK = ["localhost", "127.0.0.1", "::1"];
async function generateKeyMaterial(options) {
  const { subject, days = 365, bits = 2048, now } = options;
  const attributes = toDistinguishedName(subject);
  const validity = toValidity(now, days);
  if (![2048, 3072, 4096].includes(bits)) {
    throw invalid3("The key length must be 2048, 3072, or 4096 bits.", "Use 2048, as in the guide.");
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
  const { privateKey } = await (0, import_node_util5.promisify)(import_node_crypto8.generateKeyPair)("rsa", { modulusLength: bits });
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
  const octets = (0, import_node_crypto8.randomBytes)(16);
  octets.writeUInt8(octets.readUInt8(0) & 127 | 64, 0);
  return octets.toString("hex");
}
function toValidity(now, days) {
  if (!Number.isInteger(days) || days < 1 || days > 3650) {
    throw invalid3("The number of days must be a whole number from 1 to 3650.", "The guide uses 365.");
  }
  const notBefore = Math.floor((now.getTime() - BACKDATING_MS) / 1e3) * 1e3;
  return { notBefore: new Date(notBefore), notAfter: new Date(notBefore + days * DAY_MS2) };
}
var { PRINTABLESTRING, IA5STRING, UTF8 } = import_forge.default.asn1.Type;
var FIELDS = [
  { field: "country", oid: "2.5.4.6", limit: 2, string: PRINTABLESTRING },
  { field: "state", oid: "2.5.4.8", limit: 128, string: UTF8 },
  { field: "locality", oid: "2.5.4.7", limit: 128, string: UTF8 },
  { field: "organization", oid: "2.5.4.10", limit: 64, string: UTF8 },
  { field: "organizationalUnit", oid: "2.5.4.11", limit: 64, string: UTF8 },
  { field: "commonName", oid: "2.5.4.3", limit: 64, string: UTF8 },
  { field: "emailAddress", oid: "1.2.840.113549.1.9.1", limit: 255, string: IA5STRING }
];
function checkSubject(subject) {
  toDistinguishedName(subject);
}
function toDistinguishedName(subject) {
  if (subject.commonName.trim() === "") {
    throw invalid3("The subject's common name is empty.", "Use a recognizable name, such as ci.example.com.");
  }
  return FIELDS.flatMap(({ field, oid, limit, string }) => {
    const value = (subject[field] ?? "").trim();
    if (value === "") return [];
    if (field === "country" && !/^[a-z]{2}$/i.test(value)) {
      throw invalid3("The subject's country must be two letters.", "Use its ISO 3166 code, such as US.");
    }
    if (Array.from(value).length > limit) {
      throw invalid3(`The subject's ${field} is longer than ${limit} characters.`, "Shorten it.");
    }
    if (new RegExp("[\\p{Cc}\\p{Cs}]", "u").test(value)) {
      throw invalid3(
        `The subject's ${field} contains a character that cannot be displayed.`,
        "Type it again."
      );
    }
    if (string === IA5STRING && new RegExp("\\P{ASCII}", "u").test(value)) {
      throw invalid3(
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
  if ((0, import_node_net3.isIP)(host) === 4) return { type: 7, ip: host };
  if ((0, import_node_net3.isIP)(host) === 6 && URL.canParse(`http://[${host}]`)) {
    return { type: 7, ip: new URL(`http://[${host}]`).hostname.slice(1, -1) };
  }
  if (host.length <= 253 && /^(\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/i.test(host)) {
    return { type: 2, value: host };
  }
  throw invalid3(
    "A host for the server certificate is neither a DNS name nor an IP address.",
    "Use names such as sprinklr.test or addresses such as 192.0.2.1, without scheme and port."
  );
}
function invalid3(problem, remedy) {
  return new ActionError("INPUT_INVALID", problem, { remedy });
}

// src/simulator/faults.ts
var import_node_stream = require("node:stream");

// src/simulator/error-forms.ts
var import_node_http4 = require("node:http");
var PROXY_PAGE = "<!doctype html><title>Sign in to the network</title><h1>Sign in</h1><p>Please accept the terms of this network.</p>";
function errorInForm(form, facts) {
  const { status } = facts;
  if (form === "empty") return { status, headers: {}, body: "" };
  if (form === "page") return { status, headers: { "Content-Type": "text/html" }, body: PROXY_PAGE };
  if (form === "mashery") return masheryError(status);
  const headers = { "Content-Type": "application/json" };
  return { status, headers, body: JSON.stringify(errorJson(form, facts)) };
}
function errorJson(form, facts) {
  const { status, path, apiKey, now } = facts;
  const message2 = import_node_http4.STATUS_CODES[status] ?? "Error";
  switch (form) {
    case "oauth":
      return { error: "invalid_grant", error_description: message2 };
    case "list":
      return { success: false, errors: [{ code: `HTTP_${status}`, message: message2, details: {} }] };
    case "data":
      return { data: null, errors: [{ id: "simulated", code: status, message: message2 }] };
    case "apigee":
      return { fault: { faultstring: message2, detail: { errorcode: "simulator.Error" } } };
    case "apigee-oauth":
      return { ErrorCode: "invalid_request", Error: `Invalid client id : ${apiKey}. ClientId is Invalid` };
    case "application":
      return { timestamp: now, status, error: message2, path };
  }
}
function masheryError(status) {
  const rejection = status === 429 ? "Developer Over Rate" : status === 401 || status === 403 ? "Developer Inactive" : "";
  const code2 = `ERR_403_${rejection.toUpperCase().replaceAll(" ", "_")}`;
  return {
    status,
    headers: { "Content-Type": "text/xml", ...rejection !== "" && { "X-Mashery-Error-Code": code2 } },
    body: `<h1>${rejection || (import_node_http4.STATUS_CODES[status] ?? "Error")}</h1>`
  };
}

// src/simulator/responses.ts
var import_node_crypto9 = require("node:crypto");
var import_node_http5 = require("node:http");
var RejectedRequest = class extends Error {
  response;
  constructor(reason, response) {
    super(reason);
    this.response = response;
  }
};
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
  const errors = [{ id: (0, import_node_crypto9.randomUUID)(), code: status, message: message2 }];
  return new RejectedRequest(reason, jsonResponse(status, { data: [], errors }));
}
function applicationError(status, path, now) {
  return jsonResponse(status, { timestamp: now, status, error: import_node_http5.STATUS_CODES[status] ?? "Error", path });
}
function gatewayError(gateway, error) {
  const { status, reason, headers = {} } = error;
  const message2 = error.message ?? import_node_http5.STATUS_CODES[status] ?? "Error";
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

// src/simulator/faults.ts
var FaultQueues = class {
  #queues = /* @__PURE__ */ new Map();
  add(endpoint, faults) {
    this.#queues.set(endpoint, [...this.#queues.get(endpoint) ?? [], ...faults]);
  }
  /** Removes and returns the fault for the next request to `endpoint`. */
  next(endpoint) {
    return this.#queues.get(endpoint)?.shift() ?? this.#queues.get("any")?.shift() ?? { kind: "none" };
  }
};
function applyFault(fault, { respond: respond2, errorResponse, apiKey }) {
  switch (fault.kind) {
    case "none":
    case "clock":
    case "strict-iat":
      return whole(respond2());
    case "status": {
      const standard = errorResponse(fault.status, fault.form);
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
    case "no-expiry":
      return whole(withoutExpiry(respond2()));
    case "echo-key": {
      const { headers, ...rest } = respond2();
      return whole({ ...rest, headers: { ...headers, "x-spr-api_key": apiKey } });
    }
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
function withoutExpiry({ body, ...rest }) {
  return { ...rest, body: body.replace(/,"expires_in":\d+/i, "") };
}
function whole({ status, headers, body }) {
  return { status, send: (response) => response.writeHead(status, headers).end(body) };
}
function giant(bytes) {
  const [start3, end] = ['{"token_type":"Bearer","Expires_in":2591999,"access_token":"', '"}'];
  function* chunks() {
    yield start3;
    for (let left = bytes - start3.length - end.length; left > 0; left -= 65536) {
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

// src/simulator/host.ts
var import_node_net4 = require("node:net");
var import_node_os = require("node:os");
function hostChecker(listeningOn = "127.0.0.1") {
  return (header2 = "") => {
    const [, bracketed, plain] = /^(?:\[([\da-f:.]+)\]|([\w.-]+))(?::\d{1,5})?$/i.exec(header2) ?? [];
    const name = (bracketed ?? plain ?? "").toLowerCase();
    if (isLoopback2(name)) return true;
    if (isLoopback2(listeningOn) || name === "") return false;
    return (0, import_node_net4.isIP)(name) > 0 || [(0, import_node_os.hostname)(), listeningOn].some((own) => own.toLowerCase() === name);
  };
}
function isLoopback2(name) {
  return /^(localhost|::1|127(\.\d{1,3}){3})$/.test(name);
}

// src/simulator/server.ts
var import_node_events4 = require("node:events");
var import_node_http6 = require("node:http");
var import_node_https2 = require("node:https");

// src/simulator/api-gateway.ts
var ALLOWED_METHODS = {
  front: ["GET"],
  register: ["POST"],
  apptoken: ["POST"],
  token: ["POST"],
  // The form on the consent page posts back to its own address.
  authorize: ["GET", "POST"],
  me: ["GET"]
};
var sharedPaths = { "/oauth/token": "token", "/oauth/authorize": "authorize", "/api/v2/me": "me" };
var endpointsByPath = {
  api2: { ...sharedPaths, "/api/bdi/app/register": "register" },
  api3: { ...sharedPaths, "/api/app/register": "register" }
};
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
  const app = state.apps.get(apiKey ?? "");
  if (app === void 0) {
    const reason = apiKey === void 0 ? "missing or ambiguous API key" : "unknown API key";
    throw gatewayError(state.gateway, { status: 403, message: "Developer Inactive", reason });
  }
  if (app.environment !== request.environment) {
    const reason = "the API key belongs to another environment";
    throw gatewayError(state.gateway, { status: 421, reason });
  }
  state.rateLimiter.count(app.apiKey, state.now());
  return app;
}
function requireContentType({ gateway }, request, expected) {
  const type = header(request, "content-type")?.split(";", 1)[0]?.trim().toLowerCase();
  if (type !== expected) {
    throw gatewayError(gateway, { status: 415, reason: `Content-Type is not ${expected}` });
  }
}

// src/simulator/assertion.ts
var import_node_crypto10 = require("node:crypto");
var AUDIENCE = "https://www.sprinklr.com/";
var CLOCK_TOLERANCE = 30;
var MAX_LIFETIME = 900;
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
  if (!(0, import_node_crypto10.verify)("RSA-SHA256", signed, publicKey, Buffer.from(signature, "base64url"))) {
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
  if (iat > now + (expected.strictIat ? 0 : CLOCK_TOLERANCE)) throw invalidGrant("iat is in the future");
  if (typeof jti !== "string" || jti === "") throw invalidGrant("jti is missing");
  return { subject: sub, jti, expiresAt: (exp + CLOCK_TOLERANCE) * 1e3 };
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

// src/simulator/html.ts
var SafeHtml = class {
  text;
  constructor(text3) {
    this.text = text3;
  }
};
var ENTITIES2 = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;"
};
function safeHtml(literals, ...values) {
  return new SafeHtml(literals.map((literal, index) => literal + render(values[index] ?? "")).join(""));
}
function render(value) {
  if (value instanceof SafeHtml) return value.text;
  if (typeof value === "object") return value.map(({ text: text3 }) => text3).join("");
  return String(value).replace(/[&<>"']/g, (character) => ENTITIES2[character] ?? "");
}
function code(text3) {
  return safeHtml`<code>${text3}</code>`;
}
function definitionList(rows) {
  const items = rows.map(([term, description]) => safeHtml`<dt>${term}</dt><dd>${description}</dd>`);
  return safeHtml`<dl>${items}</dl>`;
}
function page2(status, title, body) {
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
    // No form-action, because Chromium would also apply it to the redirect after the form is sent.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"
  };
  return { status, headers, body: text3 };
}
var STYLE = safeHtml`
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

// src/simulator/pages.ts
function consentPage(app, { query }) {
  const hiddenFields = ["client_id", "response_type", "redirect_uri", "state"].flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [safeHtml`<input type="hidden" name="${name}" value="${value}">`];
  });
  return page2(
    200,
    "Allow access?",
    safeHtml`<p class="soft">A simulated Sprinklr. No real account is involved.</p>
<section>
  <p>This app requests a token that acts as you.</p>
  ${definitionList([
      ["App", code(redact(app.apiKey))],
      ["Environment", environmentName(app.environment)],
      ["Redirects to", code(app.redirectUri)]
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
  return new RejectedRequest(reason, page2(status, "Authorization failed", body));
}
function frontPage(state) {
  const apps = [...state.apps.values()].map((app) => {
    const live = state.liveToken(app.apiKey);
    return definitionList([
      ["API key", code(redact(app.apiKey))],
      ["Environment", environmentName(app.environment)],
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
      ["Subject", subjectOf2(certificate)],
      ["SHA-256", code(certificate.fingerprint256.replaceAll(":", "").toLowerCase())]
    ])
  );
  const requests = state.recentRequests.map(requestItem).reverse();
  const none2 = [safeHtml`<p class="soft">None yet.</p>`];
  return page2(
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
function subjectOf2(certificate) {
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

// src/simulator/state.ts
var import_node_crypto11 = require("node:crypto");

// src/simulator/rate-limit.ts
var SECOND = 1e3;
var HOUR = 3600 * SECOND;
var RATE_LIMIT2 = { perSecond: 10, perHour: 1e3 };
var RateLimiter = class {
  #calls = /* @__PURE__ */ new Map();
  #gateway;
  #perSecond;
  #perHour;
  constructor(gateway, { perSecond, perHour } = RATE_LIMIT2) {
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

// src/simulator/state.ts
var CODE_LIFETIME_MS = 6e5;
var PARTNER_ID = 8e4;
var MAX_RECENT_REQUESTS = 20;
var State = class {
  gateway;
  acceptFormBody;
  /** Seconds. */
  tokenLifetime;
  rateLimiter;
  /** Seconds; a `clock` fault sets it. */
  clockOffset = 0;
  /** Whether an `iat` in the future is rejected without tolerance; a `strict-iat` fault sets it for one request. */
  strictIat = false;
  requests = [];
  /** For the front page, oldest first. */
  recentRequests = [];
  /** By App ID. */
  certificates = /* @__PURE__ */ new Map();
  /** By API key, as are the live tokens. */
  apps = /* @__PURE__ */ new Map();
  #liveTokens = /* @__PURE__ */ new Map();
  #codes = /* @__PURE__ */ new Map();
  /** By `jti`, when each expires in epoch milliseconds. */
  #usedAssertions = /* @__PURE__ */ new Map();
  #keepRequests;
  #clock;
  constructor(options) {
    this.gateway = options.gateway ?? "api2";
    this.acceptFormBody = options.acceptFormBody ?? true;
    this.tokenLifetime = options.tokenLifetime ?? 2591999;
    this.rateLimiter = new RateLimiter(this.gateway, options.rateLimit);
    this.#keepRequests = options.keepRequests ?? true;
    this.#clock = options.now ?? Date.now;
    for (const app of options.apps ?? []) this.addApp(app);
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
  addApp(app) {
    const environment = app.environment === "prod" ? "" : app.environment;
    this.apps.set(app.apiKey, { ...app, environment });
  }
  /** Stores a certificate and returns its App ID. Throws what `X509Certificate` throws. */
  register(pem, apiKey) {
    const certificate = new import_node_crypto11.X509Certificate(pem);
    let registeredAt2 = Math.trunc(this.now());
    while (this.certificates.has(encodeAppId(registeredAt2))) registeredAt2 += 1;
    const appId = encodeAppId(registeredAt2);
    this.certificates.set(appId, { apiKey, certificate });
    return appId;
  }
  /**
   * Issues the one live token of the API key. It invalidates the previous one, whichever job uses it
   * (docs/development/sprinklr-api.md, "Exchange the JWT").
   */
  issueToken(apiKey, username) {
    const issuedAt = this.now();
    const token3 = randomToken();
    const expiresAt = issuedAt + this.tokenLifetime * 1e3;
    this.#liveTokens.set(apiKey, { token: token3, issuedAt, expiresAt, username });
    return token3;
  }
  liveToken(apiKey) {
    const live = this.#liveTokens.get(apiKey);
    return live !== void 0 && this.now() < live.expiresAt ? live : void 0;
  }
  /** Issues an authorization code, valid for 10 minutes. */
  issueCode(apiKey) {
    const code2 = (0, import_node_crypto11.randomBytes)(12).toString("hex");
    this.#codes.set(code2, { apiKey, expiresAt: this.now() + CODE_LIFETIME_MS });
    return code2;
  }
  /** Redeems a code. False if the code belongs to another API key, has expired, or was redeemed before. */
  redeemCode(code2, apiKey) {
    const issued = this.#codes.get(code2);
    this.#codes.delete(code2);
    return issued?.apiKey === apiKey && this.now() < issued.expiresAt;
  }
  /**
   * Marks an assertion as used, by its `jti`, until it expires (epoch milliseconds). False if it was used before. An expired
   * assertion is rejected anyway, so its `jti` is deleted.
   */
  useAssertion(jti, expiresAt) {
    for (const [used, expiry] of this.#usedAssertions)
      if (expiry <= this.now()) this.#usedAssertions.delete(used);
    if (this.#usedAssertions.has(jti)) return false;
    this.#usedAssertions.set(jti, expiresAt);
    return true;
  }
};
function encodeAppId(registeredAt2) {
  return Buffer.from(`{"pId":${PARTNER_ID}, "tId":${registeredAt2}}`).toString("base64");
}
function randomToken() {
  for (; ; ) {
    const token3 = (0, import_node_crypto11.randomBytes)(77).toString("base64");
    if (token3.includes("+") && token3.includes("/")) return token3;
  }
}

// src/simulator/oauth.ts
var FORM = "application/x-www-form-urlencoded";
var TOKEN_HEADERS = { "SPR-TOKEN-VERSION": "V2" };
function apptoken(state, request) {
  const app = requireApp(state, request, header(request, "key"));
  requireContentType(state, request, FORM);
  const parameters = new Parameters(request, { acceptBody: state.acceptFormBody });
  requireClient(parameters, app);
  const registered = state.certificates.get(request.appId);
  if (registered?.apiKey !== app.apiKey) {
    throw new RejectedRequest("unknown App ID", applicationError(404, request.path, state.now()));
  }
  const { certificate } = registered;
  const expected = { appId: request.appId, certificate, now: state.now(), strictIat: state.strictIat };
  const { subject, jti, expiresAt } = verifyAssertion(parameters.require("refresh_token"), expected);
  if (app.username !== void 0 && subject !== app.username)
    throw oauthError("invalid_grant", "sub is not the username of a user");
  if (!state.useAssertion(jti, expiresAt)) throw oauthError("invalid_grant", "the JWT was used before");
  const body = {
    access_token: state.issueToken(app.apiKey, subject),
    token_type: "Bearer",
    Expires_in: state.tokenLifetime
  };
  return jsonResponse(200, body, TOKEN_HEADERS);
}
function token(state, request) {
  const parameters = new Parameters(request, { acceptBody: true });
  const app = requireApp(state, request, parameters.get("client_id"));
  requireContentType(state, request, FORM);
  requireClient(parameters, app);
  if (!state.redeemCode(parameters.require("code"), app.apiKey)) {
    throw oauthError("invalid_grant", "the code is unknown, expired, or used");
  }
  const body = {
    access_token: state.issueToken(app.apiKey),
    refresh_token: randomToken(),
    token_type: "Bearer",
    expires_in: state.tokenLifetime
  };
  return jsonResponse(200, body, TOKEN_HEADERS);
}
function authorize(state, request) {
  const isDecision = request.method === "POST";
  const parameters = isDecision ? new URLSearchParams(request.body) : request.query;
  const app = state.apps.get(parameters.get("client_id") ?? "");
  if (app === void 0) throw errorPage(400, "No app has this client_id.");
  if (app.environment !== request.environment) {
    throw errorPage(421, "This client_id belongs to another environment.");
  }
  if (parameters.get("redirect_uri") !== app.redirectUri) {
    throw errorPage(500, "The redirect_uri does not exactly match the one registered for the app.");
  }
  const redirectWith = (name, value) => {
    const location = new URL(app.redirectUri);
    location.searchParams.append(name, value);
    const clientState = parameters.get("state");
    if (clientState !== null) location.searchParams.append("state", clientState);
    return { status: 302, headers: { Location: location.href, "Cache-Control": "no-store" }, body: "" };
  };
  if (parameters.get("response_type") !== "code") return redirectWith("error", "unsupported_response_type");
  if (!isDecision) return consentPage(app, request);
  return parameters.get("decision") === "allow" ? redirectWith("code", state.issueCode(app.apiKey)) : redirectWith("error", "access_denied");
}
var Parameters = class {
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
function requireClient(parameters, app) {
  if (parameters.require("client_id") !== app.apiKey) {
    throw oauthError("invalid_client", "client_id does not match the API key");
  }
  if (parameters.require("client_secret") !== app.apiSecret) {
    throw oauthError("invalid_client", "the client secret is wrong");
  }
  if (parameters.require("redirect_uri") !== app.redirectUri) {
    throw oauthError("invalid_grant", "redirect_uri is not the app's callback URL");
  }
  if (parameters.require("grant_type") !== "authorization_code") {
    throw oauthError("unsupported_grant_type", "grant_type is not authorization_code");
  }
}

// src/simulator/rest-api.ts
function register2(state, request) {
  const apiKeys = new Set(["x-api-key", "key"].flatMap((name) => header(request, name) ?? []));
  const app = requireApp(state, request, apiKeys.size === 1 ? [...apiKeys][0] : void 0);
  if (request.body.includes("PRIVATE KEY")) throw apiError(400, "Never send a private key");
  requireContentType(state, request, "application/json");
  requireLiveToken(state, request, app);
  if (!/^-----BEGIN CERTIFICATE-----\r?\n[\w+/=\s]+-----END CERTIFICATE-----\s*$/.test(request.body)) {
    throw apiError(400, "The body is not exactly one PEM certificate");
  }
  const response = jsonResponse(200, { data: storeCertificate(state, request, app), Errors: [] });
  return { ...response, body: response.body.replaceAll("=", "\\u003d") };
}
function storeCertificate(state, request, app) {
  try {
    return state.register(request.body, app.apiKey);
  } catch {
    throw apiError(400, "The certificate cannot be read");
  }
}
function me(state, request) {
  const app = requireApp(state, request, header(request, "key"));
  const { username = "person@example.com" } = requireLiveToken(state, request, app);
  const data = {
    id: 66014640,
    name: "Simulated User",
    email: username,
    type: "PARTNER_ADMIN",
    customerId: 66e6,
    workspaceId: app.workspaceId ?? 66000002,
    properties: {}
  };
  return jsonResponse(200, { data, errors: [] });
}
function requireLiveToken(state, request, app) {
  const bearer = /^Bearer (\S+)$/i.exec(header(request, "authorization") ?? "")?.[1];
  const live = state.liveToken(app.apiKey);
  if (bearer === void 0) throw apiError(401, "Invalid or expired token", "missing bearer token");
  if (bearer !== live?.token) {
    throw apiError(401, "Invalid or expired token", "not the live token of the API key");
  }
  return live;
}

// src/simulator/server.ts
var handlers = { front: frontPage, register: register2, apptoken, token, authorize, me };
async function startServer(listener, { host = "127.0.0.1", port = 0, tls }) {
  const server = tls === void 0 ? (0, import_node_http6.createServer)(listener) : (0, import_node_https2.createServer)(tls, listener);
  const sockets = /* @__PURE__ */ new Set();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, host);
  await (0, import_node_events4.once)(server, "listening");
  const scheme = tls === void 0 ? "http" : "https";
  const hostname2 = host.includes(":") ? `[${host}]` : host;
  return {
    origin: `${scheme}://${hostname2}:${server.address().port}`,
    async close() {
      if (!server.listening) return;
      const closed2 = (0, import_node_events4.once)(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed2;
    }
  };
}
function createListener(state, { faults, log, acceptsHost }) {
  return (incoming, response) => {
    const startedAt = performance.now();
    const request = toRecordedRequest(state, incoming);
    const isAccepted = acceptsHost(incoming.headers.host);
    if (isAccepted) state.record(request);
    readBody2(incoming, (body) => {
      request.body = body ?? "";
      const notes = [];
      const delivery = !isAccepted ? rejectedDelivery({ status: 421, reason: "Host is not this machine" }, notes) : body === void 0 ? rejectedDelivery({ status: 413, reason: "the body is longer than 1 MiB" }, notes) : deliver(state, { request, faults, notes });
      request.status = delivery.status;
      const milliseconds = Math.round(performance.now() - startedAt);
      const line2 = `${request.method} ${request.path} ${delivery.status ?? "-"} ${milliseconds} ms`;
      log(notes.length > 0 ? `${line2} (${notes.join("; ")})` : line2);
      response.setHeader("Date", new Date(state.now()).toUTCString());
      delivery.send(response);
    });
  };
}
function rejectedDelivery({ status, reason }, notes) {
  notes.push(reason);
  const headers = { "Content-Type": "text/plain" };
  return whole({ status, headers, body: `The simulator rejected this request: ${reason}.
` });
}
function deliver(state, { request, faults, notes }) {
  const fault = nextFault(faults, request);
  if (fault.kind === "clock") state.clockOffset = fault.seconds;
  state.strictIat = fault.kind === "strict-iat";
  if (fault.kind !== "none") notes.push(`fault: ${fault.kind}`);
  const apiKey = header(request, "key") ?? header(request, "x-api-key") ?? request.query.get("client_id") ?? "";
  return applyFault(fault, {
    respond: () => respond(state, request, (reason) => notes.push(reason)),
    errorResponse: (status, form = "application") => errorInForm(form, { status, path: request.path, apiKey, now: state.now() }),
    apiKey
  });
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
var MAX_BODY_BYTES = 1024 * 1024;
function readBody2(incoming, onBody) {
  let chunks = [];
  let bytes = 0;
  incoming.on("data", (chunk) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) chunks = [];
    else chunks.push(chunk);
  });
  incoming.on("end", () => {
    onBody(bytes > MAX_BODY_BYTES ? void 0 : Buffer.concat(chunks).toString());
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
    onRejected("internal error in the simulator");
    return applicationError(500, request.path, state.now());
  }
}

// src/simulator/types.ts
var ERROR_FORMS = [
  "oauth",
  "list",
  "data",
  "apigee",
  "apigee-oauth",
  "mashery",
  "application",
  "empty",
  "page"
];

// src/simulator/fault-grammar.ts
var FAULT_GRAMMAR = `<endpoint>=<fault>[,<fault>...]   one fault per request, in order; later requests succeed

endpoints: register, apptoken, token, authorize, me, any
faults:
  none                    no fault for one request
  503 or status:503       respond with this status
  503:<form>              respond with this status and a body of this form: oauth, list, data,
                          apigee, apigee-oauth, mashery, application, empty, page
  retry-after:2           429 with Retry-After in seconds, or an HTTP date
  redirect:<url>          302 to this URL
  reset                   close the connection without a response
  hang                    never respond
  drip:100                the real response, one byte every 100 ms
  cut                     half of the real response, then close the connection
  giant or giant:<bytes>  an oversized body (default: 2 MiB)
  html, garbage, not-http a proxy's page, malformed JSON, bytes that are not HTTP
  body:<json>             200 with this JSON (takes the rest of the text)
  no-expiry               the real response, without the lifetime of the token
  echo-key                the real response, with a header that contains the API key
  strict-iat              reject a JWT whose iat is in the future by a second
  clock:-120              from now on, the clock is 120 s slow
  <fault>x3               the same fault three times (not for redirect and body)

examples: apptoken=503x2   apptoken=401:mashery   me=none,status:401   any=hang`;
var ENDPOINTS = ["register", "apptoken", "token", "authorize", "me", "any"];
var KINDS_WITHOUT_ARGUMENT = [
  "none",
  "reset",
  "hang",
  "cut",
  "html",
  "garbage",
  "not-http",
  "no-expiry",
  "echo-key",
  "strict-iat"
];
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
  if (kind === "body") return [{ kind, json: parseJson2(argument) }];
  const [, fault = text3, times = "1"] = /^(.+?) ?x(\d+)$/.exec(text3) ?? [];
  return Array.from({ length: parseInteger(text3, times, [1, 1e3]) }, () => parseFault(fault));
}
function parseFault(text3) {
  const [, name = "", argument] = /^(.*?)(?::(.*))?$/s.exec(text3) ?? [];
  const kind = KINDS_WITHOUT_ARGUMENT.find((known) => known === name);
  if (kind !== void 0 && argument === void 0) return { kind };
  if (/^\d+$/.test(name)) {
    const status = parseInteger(text3, name, [200, 599]);
    if (argument === void 0) return { kind: "status", status };
    const form = ERROR_FORMS.find((known) => known === argument);
    if (form !== void 0) return { kind: "status", status, form };
  }
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
function parseJson2(text3) {
  try {
    return JSON.parse(text3);
  } catch {
    throw new Error(`"body:" must be followed by JSON. "${text3}" is not JSON.`);
  }
}

// src/simulator/simulator.ts
async function startSimulator(options = {}) {
  const state = new State(options);
  const faults = new FaultQueues();
  const { host, log = () => void 0 } = options;
  const acceptsHost = options.checkHost === true ? hostChecker(host) : () => true;
  const listener = createListener(state, { faults, log, acceptsHost });
  const { origin, close } = await startServer(listener, options);
  const requireKnown = (apiKey) => {
    if (!state.apps.has(apiKey)) throw new Error("The simulator has no app with this API key.");
    return apiKey;
  };
  return {
    origin,
    requests: state.requests,
    addApp: (app) => {
      state.addApp(app);
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

// src/cli/demo/runner.ts
var import_node_child_process3 = require("node:child_process");
var import_node_fs3 = require("node:fs");
var import_node_os2 = require("node:os");
var import_node_path4 = require("node:path");
async function runStep(io2, inputs) {
  const folder = (0, import_node_fs3.mkdtempSync)((0, import_node_path4.join)((0, import_node_os2.tmpdir)(), "sprinklr-token-"));
  const files = Object.fromEntries(
    ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY"].map((name) => {
      const path = (0, import_node_path4.join)(folder, name);
      (0, import_node_fs3.writeFileSync)(path, "", { mode: 384 });
      return [name, path];
    })
  );
  try {
    const action = (0, import_node_path4.join)((0, import_node_path4.dirname)((0, import_node_fs3.realpathSync)(io2.program)), "index.js");
    const env = { ...io2.env, ...files };
    for (const [name, value] of Object.entries(inputs)) env[`INPUT_${name.toUpperCase()}`] = value;
    const { exitCode, printed } = await runProgram(action, env);
    const outputs = parseOutputs((0, import_node_fs3.readFileSync)((0, import_node_path4.join)(folder, "GITHUB_OUTPUT"), "utf8"));
    return { exitCode, outputs, log: render2(printed) };
  } finally {
    (0, import_node_fs3.rmSync)(folder, { recursive: true, force: true });
  }
}
async function runProgram(program2, env) {
  const child = (0, import_node_child_process3.spawn)(process.execPath, [program2], { env, stdio: ["ignore", "pipe", "pipe"] });
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  child.stderr.on("data", (chunk) => chunks.push(chunk));
  const exitCode = await new Promise((resolve8, reject) => {
    child.on("error", reject);
    child.on("close", (code2) => {
      resolve8(code2 ?? 1);
    });
  });
  return { exitCode, printed: Buffer.concat(chunks).toString() };
}
function parseOutputs(text3) {
  const outputs = {};
  for (const [, name = "", , value = ""] of text3.matchAll(/^(.+?)<<(.+?)\r?\n([^]*?)\r?\n\2\r?$/gm))
    outputs[name] = value;
  return outputs;
}
function render2(printed) {
  const masks = [];
  const lines = [];
  const show = (line2) => {
    if (line2 === "") return;
    const longestFirst = [...masks].sort((a2, b) => b.length - a2.length);
    lines.push(longestFirst.reduce((shown, mask) => shown.replaceAll(mask, "***"), line2));
  };
  for (const line2 of printed.split(/\r?\n/)) {
    const [, command, message2 = ""] = /^::([a-z-]+)[^:]*::(.*)$/.exec(line2) ?? [];
    const text3 = message2.replaceAll("%0A", "\n").replaceAll("%0D", "\r").replaceAll("%25", "%");
    if (command === "add-mask") masks.push(text3);
    else if (command === void 0) show(line2);
    else if (command !== "debug") show(`${command.charAt(0).toUpperCase()}${command.slice(1)}: ${text3}`);
  }
  return lines;
}

// src/cli/demo.ts
var APP = {
  apiKey: "demo7apikey3k5n9x2w8q4r6t",
  apiSecret: "demo-secret-H8fQ2mZp7LxT4vRb9NcW",
  redirectUri: "https://www.example.com/callback",
  environment: "prod2"
};
var USERNAME = "ci-bot@example.com";
function addDemo(program2, io2) {
  return program2.command("demo").summary("show the full flow, from a key to an API call, on a simulated Sprinklr").description(
    "Creates a key and a certificate, starts a simulated Sprinklr on this computer, registers the certificate, runs the action as a GitHub runner does, and calls the API with the token. Nothing leaves this computer."
  ).addHelpText("before", "Example:\n  sprinklr-token demo\n").action(() => demo(io2));
}
async function demo(io2) {
  const start3 = performance.now();
  const sprinklr = await startSimulator({ apps: [APP] });
  try {
    const steps = await playGuide(sprinklr, io2);
    heading(io2, "Results, by step of the guide");
    for (const [step, succeeded] of steps) {
      print(io2, `  ${succeeded ? paint("green", "\u2713", io2.stdout) : paint("red", "\u2717", io2.stdout)} ${step}`);
    }
    const failed = steps.filter(([, succeeded]) => !succeeded).length;
    const seconds = ((performance.now() - start3) / 1e3).toFixed(1);
    print(
      io2,
      "",
      failed === 0 ? `All steps succeeded in ${seconds} s.` : `${failed} of ${steps.length} steps failed.`
    );
    if (failed > 0) io2.exitCode = 1;
  } finally {
    await sprinklr.close();
  }
}
async function playGuide(sprinklr, io2) {
  print(
    io2,
    paint("bold", "sprinklr-token: the full flow on a simulated Sprinklr", io2.stdout),
    "",
    `It listens at ${sprinklr.origin}, environment ${APP.environment}. Nothing leaves this computer.`
  );
  heading(io2, "Once: create a key and a certificate (step 3), register the certificate (steps 2 and 5)");
  const material = await generateKeyMaterial({ subject: { commonName: "ci.example.com" }, now: /* @__PURE__ */ new Date() });
  print(io2, `RSA key and self-signed certificate, SHA-256 ${material.fingerprint}`);
  const shared = { "base-url": sprinklr.origin, environment: APP.environment, "api-key": APP.apiKey };
  const code2 = sprinklr.issueCode(APP.apiKey);
  const registration = await runStep(io2, {
    ...shared,
    mode: "register",
    certificate: material.certificatePem,
    "authorization-code": code2,
    "api-secret": APP.apiSecret,
    "redirect-uri": APP.redirectUri
  });
  showLog(io2, "uses: org/sprinklr-token@v1 with mode: register", registration);
  const appId = registration.outputs["app-id"] ?? "";
  heading(io2, "In every job: a fresh JWT (step 4) becomes a masked access token");
  const privateKey = material.privateKeyDer.toString("base64");
  const inputs = {
    ...shared,
    "private-key": privateKey,
    "app-id": appId,
    username: USERNAME,
    "api-secret": APP.apiSecret,
    "redirect-uri": APP.redirectUri
  };
  const requested = await runStep(io2, inputs);
  showLog(io2, "uses: org/sprinklr-token@v1", requested);
  const token3 = requested.outputs["access-token"] ?? "";
  heading(io2, "The job's next step calls the API with it");
  const apiUrl = requested.outputs["api-url"] ?? "";
  const response = await callApi(`${apiUrl}/api/v2/me`, token3);
  print(io2, `GET ${apiUrl}/api/v2/me: ${response}`);
  const tokenIsCurrent = token3 !== "" && sprinklr.liveToken(APP.apiKey) === token3;
  heading(io2, "When something is wrong: redirect-uri has an extra trailing slash");
  const rejected = await runStep(io2, {
    ...inputs,
    "redirect-uri": `${APP.redirectUri}/`,
    "max-attempts": "1"
  });
  showLog(io2, "uses: org/sprinklr-token@v1", rejected);
  const answered = (endpoint, status = 200) => sprinklr.requests.some((request) => request.endpoint === endpoint && request.status === status);
  const runs = [registration, requested, rejected];
  const masked = [privateKey, APP.apiKey, APP.apiSecret, code2, token3].every(
    (secret) => runs.every(({ log }) => !log.join("\n").includes(secret))
  );
  return [
    ["Step 1  The API key works in its environment", answered("apptoken")],
    ["Step 2  A one-time code from the browser consent became an OAuth token", answered("token")],
    ["Step 3  RSA key as PKCS#8 DER, X.509 certificate", privateKey.startsWith("MII")],
    ["Step 4  A JWT signed with the key, for this one exchange", answered("apptoken")],
    ["Step 5  The certificate registered, its App ID returned", answered("register") && appId !== ""],
    [
      "Then    The JWT exchanged for the API key's one valid token",
      requested.exitCode === 0 && tokenIsCurrent
    ],
    ["Then    The API knows whose token it is", answered("me") && response.startsWith("200")],
    [
      "Then    A wrong callback URL rejected and explained",
      rejected.outputs["error-code"] === "CREDENTIALS_REJECTED"
    ],
    ["Always  No secret in any log", masked]
  ];
}
async function callApi(url, token3) {
  try {
    const response = await fetch(url, { headers: { Authorization: `Bearer ${token3}`, Key: APP.apiKey } });
    return `${response.status} ${await response.text()}`;
  } catch {
    return "no response";
  }
}
function heading(io2, text3) {
  print(io2, "", paint("bold", text3, io2.stdout));
}
function showLog(io2, title, { log, exitCode, outputs }) {
  const values = Object.entries(outputs).map(
    ([name, value]) => `${name}=${name === "access-token" ? "***" : value}`
  );
  print(
    io2,
    paint("cyan", `\u25B8 ${title}`, io2.stdout),
    ...log.map((line2) => `  ${line2.startsWith("Error:") ? paint("red", line2, io2.stdout) : line2}`),
    paint("dim", `  outputs: ${values.join(" ")}`, io2.stdout),
    paint("dim", `  exit code ${exitCode}`, io2.stdout)
  );
}

// src/cli/doctor/shape.ts
var MAX_DEPTH = 6;
var MAX_KEYS = 50;
var MAX_ELEMENTS = 1e3;
var MAX_SHAPES = 10;
function shapeOf(value, isPrivate, depth = 0) {
  if (value === null) return "null";
  if (typeof value === "string")
    return value === "" ? "empty string" : /^\d+$/.test(value) ? "string of digits" : "string";
  if (typeof value !== "object") return typeof value;
  if (depth === MAX_DEPTH) return Array.isArray(value) ? "array" : "object";
  if (Array.isArray(value)) {
    const shapes = value.slice(0, MAX_ELEMENTS).map((element) => shapeOf(element, isPrivate, depth + 1));
    return [...new Map(shapes.map((shape) => [JSON.stringify(shape), shape])).values()].slice(0, MAX_SHAPES);
  }
  const entries = Object.entries(value);
  const shown = entries.slice(0, MAX_KEYS).map(([key, field]) => [describeName(key, isPrivate), shapeOf(field, isPrivate, depth + 1)]);
  const left = entries.length - shown.length;
  return { ...Object.fromEntries(shown), ...left > 0 && { "(more keys)": String(left) } };
}
function describeName(name, isPrivate) {
  return isIdentifier(name) && !isPrivate(name) ? name : `(a name of ${name.length} characters)`;
}
var MAX_IDENTIFIER_LENGTH = 64;
var MIN_WORD_LENGTH = 3;
var MAX_SHORT_LENGTH = 12;
function isIdentifier(name) {
  if (!/^[a-z_$][\w$-]*$/i.test(name) || name.length > MAX_IDENTIFIER_LENGTH || /\d{4}/.test(name))
    return false;
  const words = name.match(/[A-Z]?[a-z]+|[A-Z]+|\d+/g) ?? [];
  return name.length <= MAX_SHORT_LENGTH || words.length * MIN_WORD_LENGTH <= name.length;
}

// src/cli/doctor/call-report.ts
function createCallReport(options) {
  const calls = [];
  return { calls, observe: (call) => calls.push(describeCall(call, options)) };
}
function describeCall(call, options) {
  const { request, requestHeaders, response, failure, milliseconds } = call;
  const isPrivate = privateTextFinder(options);
  return {
    method: request.method,
    path: pathTemplate(request.url, options),
    queryParameters: [...request.url.searchParams.keys()],
    formParameters: [...new URLSearchParams(request.body).keys()],
    requestHeaders: requestHeaders.map((name) => name.toLowerCase()),
    milliseconds: Math.round(milliseconds),
    ...failure !== void 0 && { failure },
    ...response !== void 0 && {
      status: response.status,
      contentType: describeContentType(response.headers),
      responseHeaders: Object.keys(response.headers).map((name) => describeName(name, isPrivate)),
      body: describeBody(response, isPrivate)
    }
  };
}
function privateTextFinder({ identifying, secrets }) {
  const longer = createSecrets(() => void 0);
  for (const value of identifying) longer.mask(value);
  return (text3) => secrets.reveals(text3) || longer.reveals(text3) || identifying.some((value) => value !== "" && text3.toLowerCase().includes(value.toLowerCase()));
}
function pathTemplate({ pathname }, { environment }) {
  const prefix = `/${environment}/`;
  const path = environment !== "" && pathname.startsWith(prefix) ? `/{env}/${pathname.slice(prefix.length)}` : pathname;
  return path.replace(/(\/oauth\/apptoken\/).*$/, "$1{appId}");
}
var CONTENT_TYPES = [
  "application/json",
  "application/problem+json",
  "application/xml",
  "application/octet-stream",
  "application/x-www-form-urlencoded",
  "text/html",
  "text/plain",
  "text/xml"
];
var CHARACTER_SETS = ["utf-8", "utf-16", "iso-8859-1", "us-ascii", "windows-1252"];
function describeContentType(headers) {
  const text3 = (headers["content-type"] ?? "").toLowerCase();
  if (text3 === "") return "none";
  const [type = ""] = text3.split(";", 1);
  const [, charset] = /;\s*charset="?([\w-]+)"?\s*$/.exec(text3) ?? [];
  const known = CONTENT_TYPES.includes(type.trim()) ? type.trim() : "(another type)";
  return charset !== void 0 && CHARACTER_SETS.includes(charset) ? `${known}; charset=${charset}` : known;
}
function describeBody({ body, truncated }, isPrivate) {
  if (truncated) return "longer than 1 MiB";
  if (body.trim() === "") return "empty";
  const json = parseJson(body);
  if (json !== void 0) return shapeOf(json, isPrivate);
  return /^\s*</.test(body) ? "HTML or XML" : "text that is not JSON";
}

// src/cli/doctor/check.ts
function failedCheck(name, error) {
  const remedy = error instanceof ActionError ? remedyOf(error) : error.remedy;
  return {
    name,
    status: "error",
    found: error.message,
    ...remedy !== "" && { remedy },
    ...error instanceof ActionError && { code: error.code }
  };
}
function attempt(parse) {
  try {
    return parse();
  } catch (error) {
    if (error instanceof ActionError) return error;
    throw error;
  }
}

// src/cli/doctor/credentials.ts
var import_node_crypto12 = require("node:crypto");

// src/cli/doctor/findings.ts
function findingsIn(name, value, others) {
  const text3 = value.text.trim();
  if (text3 === "") return [];
  return RULES.filter((rule) => rule.inputs.includes(name) && rule.applies(text3, value, others));
}
function isAppId(text3) {
  const appId = attempt(() => parseAppId(text3));
  const claims = appId instanceof Error ? void 0 : decodeAppId(appId);
  return claims?.partnerId !== void 0 || claims?.registeredAt !== void 0;
}
function isKnownPlaceholder(text3) {
  return attempt(() => {
    rejectPlaceholder("", () => text3);
  }) instanceof Error;
}
var KEY_AND_SECRET = ["api-key", "api-secret"];
var EXACT = [...KEY_AND_SECRET, "app-id", "username", "redirect-uri", "audience", "base-url"];
var ONE_LINE = [...EXACT, "environment"];
var PUBLIC = ["app-id", "username", "redirect-uri", "audience", "base-url", "environment"];
var RULES = [
  {
    inputs: EXACT,
    // The last line break of a file belongs to the file.
    applies: (text3, value) => text3 !== (value.isFile ? value.text.replace(/\r?\n$/, "") : value.text),
    status: "warning",
    found: "Starts or ends with a space or line break, which is ignored here. Other programs may send it.",
    remedy: "Store the value without it: use `printf %s`, not `echo`."
  },
  {
    // The parsers of the others check for quotes, except that of app-id, which removes them.
    inputs: ["base-url", "environment"],
    applies: (text3) => /^["'`\u2018\u201c].*["'`\u2019\u201d]$/s.test(text3),
    status: "error",
    found: "Wrapped in quotes, which would be part of the value.",
    remedy: "Remove the quotes."
  },
  {
    inputs: EXACT,
    applies: (text3) => /^\{[^{}]*\}$/.test(text3),
    status: "error",
    found: "Wrapped in braces, which mark a placeholder in examples.",
    remedy: "Remove the braces."
  },
  {
    inputs: ONE_LINE,
    // The parsers find the most common ones.
    applies: (text3) => recognizeText(text3) === "placeholder" && /[^A-Z0-9_]/.test(text3) && !isKnownPlaceholder(text3),
    status: "error",
    found: "A placeholder that was never replaced.",
    remedy: "Use the value itself."
  },
  {
    inputs: KEY_AND_SECRET,
    applies: (text3) => /^[A-Z0-9]+(_[A-Z0-9]+)+$/.test(text3),
    status: "warning",
    found: "Looks like the name of a variable or secret.",
    remedy: "Use the value that is stored under that name."
  },
  {
    inputs: ONE_LINE,
    applies: (text3) => describePrivateKey(text3) !== void 0,
    status: "error",
    found: "A private key.",
    remedy: "Use a private key only as private-key. If others could see this value, create a new key pair."
  },
  {
    inputs: KEY_AND_SECRET,
    applies: isAppId,
    status: "error",
    found: "Decodes to the content of an App ID.",
    remedy: "Use the App ID only as app-id. The API key and secret are on the Sprinklr developer app's page."
  },
  {
    inputs: KEY_AND_SECRET,
    applies: (text3, _, { read }) => text3 === read("app-id"),
    status: "error",
    found: "The same as app-id.",
    remedy: "They are different values. Copy both again."
  },
  {
    inputs: ["api-secret"],
    applies: (text3, _, { read }) => text3 === read("api-key"),
    status: "error",
    found: "The same as api-key.",
    remedy: "Copy both again from the Sprinklr developer app's page."
  },
  {
    inputs: ["api-secret"],
    applies: (text3) => new RegExp("[\\s\\p{Z}]|[^\\p{ASCII}]", "u").test(text3),
    status: "warning",
    found: "Contains a space or a character that is not ASCII.",
    remedy: "Copy it again from the Sprinklr developer app's page."
  },
  {
    inputs: ["app-id"],
    applies: (text3) => /\\u003d/i.test(text3),
    status: "ok",
    found: "Contains \\u003d, which is read as =."
  },
  {
    inputs: ["app-id"],
    applies: (text3) => !isAppId(text3),
    status: "warning",
    found: "Does not decode to the JSON of an App ID. It may be damaged, or it may be an API key.",
    remedy: 'Use the value of "data" in the registration response. It usually starts with eyJ.'
  },
  {
    inputs: ["username", "environment", "audience", "redirect-uri"],
    applies: (text3, _, { read }) => KEY_AND_SECRET.some((name) => read(name) === text3),
    status: "error",
    found: "The same as api-key or api-secret.",
    remedy: "Use a different value. Logs show this input, so if it contains the secret, create a new secret."
  },
  {
    inputs: PUBLIC,
    applies: (text3, _, { read, reveals }) => reveals(text3) && !KEY_AND_SECRET.some((name) => read(name) === text3),
    status: "warning",
    found: "Contains one of the secrets, or a part of it.",
    remedy: "Use a different value. Logs show this input, so if it contains a secret, create a new secret."
  },
  {
    inputs: ["username"],
    applies: (text3) => new RegExp("[\\s\\p{Z}]", "u").test(text3),
    status: "warning",
    found: "Contains a space, like a display name. Login usernames contain no spaces.",
    remedy: "Use what the user types to log in to Sprinklr."
  },
  {
    inputs: ["username"],
    applies: (text3) => /^\d+$/.test(text3),
    status: "warning",
    found: "A number, like a user ID.",
    remedy: "Use what the user types to log in to Sprinklr."
  },
  {
    inputs: ["audience"],
    applies: (text3) => text3 !== "https://www.sprinklr.com/",
    status: "warning",
    found: "The documented audience is https://www.sprinklr.com/ (with the trailing slash).",
    remedy: "Omit audience."
  },
  {
    inputs: ["base-url"],
    applies: (text3, _, { read }) => /\/\/api[23]\.sprinklr\.com/i.test(text3) && !text3.toLowerCase().includes((read("gateway") || "api2").toLowerCase()),
    status: "warning",
    found: "The other gateway's host. The paths are still the selected gateway's.",
    remedy: "Omit base-url, and set gateway."
  },
  {
    inputs: ["environment"],
    applies: (text3) => /[./:]/.test(text3) && recognizeText(text3) !== "placeholder",
    status: "error",
    found: "Looks like a URL.",
    remedy: "Use the name alone, such as prod2."
  },
  {
    inputs: ["environment"],
    applies: (text3) => /^\{*\s*(sandbox|staging|test|dev|default|api[23])\s*\}*$/i.test(text3),
    status: "warning",
    found: "No Sprinklr environment with this name is documented. The documented names are prod, prod2, prod4, \u2026",
    remedy: 'To find yours, search the page source of the Sprinklr UI for "sentry-environment".'
  },
  // Sprinklr compares the callback URL as text, so URLs that a browser treats as equal are different here.
  {
    inputs: ["redirect-uri"],
    applies: (text3) => /%3a%2f%2f/i.test(text3),
    status: "error",
    found: "Percent-encoded. It would be encoded again.",
    remedy: "Use the plain URL, as a browser shows it: https://\u2026"
  },
  redirectUriRule(
    ({ protocol, hostname: hostname2 }) => protocol === "http:" && !isLoopback(hostname2),
    "Uses http. Callback URLs usually use https."
  ),
  redirectUriRule(
    ({ protocol }) => protocol !== "http:" && protocol !== "https:",
    "Does not start with https://."
  ),
  redirectUriRule(
    (_, text3) => /^[^/]*:\/\/[^/?#]*[A-Z]|^[^:/]*[A-Z]/.test(text3),
    "Contains uppercase letters before the path. Browsers treat them as lowercase, but Sprinklr may not."
  ),
  redirectUriRule(
    ({ protocol }, text3) => (protocol === "http:" ? /^[^/]+:\/\/[^/?#]*:80(?!\d)/ : /^[^/]+:\/\/[^/?#]*:443(?!\d)/).test(text3),
    "Contains the default port. Browsers omit it, but Sprinklr may not."
  ),
  redirectUriRule(
    (_, text3) => text3.includes("#"),
    "Contains a fragment (#\u2026), which a callback URL must not contain (RFC 6749 \xA73.1.2)."
  ),
  redirectUriRule(
    ({ searchParams }) => searchParams.has("code") || searchParams.has("error"),
    "A redirect URL from a consent, which still contains the response."
  )
];
function redirectUriRule(applies, found) {
  return {
    inputs: ["redirect-uri"],
    applies: (text3) => URL.canParse(text3) && applies(new URL(text3), text3),
    status: "warning",
    found,
    remedy: "Compare it with the developer app's callback URL. They must match exactly."
  };
}

// src/cli/doctor/inputs.ts
var CREDENTIALS = [
  "private-key",
  "private-key-passphrase",
  "certificate",
  "mtls-certificate",
  "mtls-private-key",
  "mtls-passphrase"
];
var DESCRIPTIONS = {
  "app-id": describeAppId,
  "api-key": (text3) => `${text3.length} characters.`,
  "api-secret": (text3) => `${text3.length} characters.`,
  "redirect-uri": describeRedirectUri,
  environment: describeEnvironment,
  "parameters-in": (text3) => text3.toLowerCase() === "body" ? "body, which is not documented for this call. If it is rejected, use query." : "query, as documented."
};
function checkInputs(context) {
  return TOKEN_INPUTS.filter((name) => !CREDENTIALS.includes(name)).flatMap(
    (name) => checkInput(name, context)
  );
}
function checkInput(name, context) {
  const { values, read, quote, reveals } = context;
  const unreadable = values.unreadable.get(name);
  if (unreadable !== void 0) return [unreadableCheck(name, unreadable, context)];
  const value = values.given.get(name);
  if (value === void 0) return absentCheck(name);
  const failed = parseFailure(name, read);
  const findings = findingsIn(name, value, { read, reveals }).filter(
    ({ status }) => !failed || status !== "warning"
  );
  const describe = DESCRIPTIONS[name] ?? ((text3) => `${quote(name, text3)}.`);
  const found = failed?.found ?? describe(inputText(name, read), context);
  const specific = findings.flatMap(({ remedy: sentence }) => sentence ?? []);
  const remedy = [...new Set(specific.length > 0 ? specific : [failed?.remedy ?? ""])].join(" ");
  return [
    {
      name,
      status: worst([failed?.status ?? "ok", ...findings.map(({ status }) => status)]),
      found: [found, ...findings.map((finding) => finding.found), sourceOf(value, context)].join(" "),
      ...remedy !== "" && { remedy },
      ...failed?.code !== void 0 && { code: failed.code }
    }
  ];
}
function parseFailure(name, read) {
  if (inputText(name, read) === "" && definitionOf(name).requiredIn !== void 0) {
    const error = new ActionError("INPUT_MISSING", `\`${name}\` is empty.`, { remedy: "", inputs: [name] });
    return failedCheck(name, error);
  }
  const parsed = attempt(() => parseInput(name, read));
  return parsed instanceof ActionError ? failedCheck(name, parsed) : void 0;
}
function unreadableCheck(name, error, { show }) {
  return { ...failedCheck(name, error), found: show(error.message) };
}
function sourceOf({ source, text: text3 }, { show }) {
  return text3.trim() === "" ? `(${show(source)} is set, but empty)` : `(from ${show(source)})`;
}
function absentCheck(name) {
  const { requiredIn, default: fallback } = definitionOf(name);
  if (requiredIn !== void 0)
    return [{ name, status: "skipped", found: `Not given (${whereToSet(name)}).` }];
  if (name === "environment") return [{ name, status: "ok", found: `Not given: ${PRODUCTION}` }];
  if (name !== "audience" && name !== "gateway") return [];
  return [{ name, status: "ok", found: `${fallback ?? ""} (the default).` }];
}
var SEVERITY = ["ok", "skipped", "warning", "error"];
function worst(statuses) {
  return SEVERITY[Math.max(...statuses.map((status) => SEVERITY.indexOf(status)))] ?? "error";
}
function describeAppId(text3) {
  const { partnerId, registeredAt: registeredAt2 } = decodeAppId(parseAppId(text3)) ?? {};
  const facts = [
    partnerId === void 0 ? "" : `partner ${partnerId}`,
    registeredAt2 === void 0 ? "" : `registered ${registeredAt2.toISOString()}`
  ].filter((fact) => fact !== "");
  return facts.length === 0 ? `${text3.length} characters.` : `App ID: ${facts.join(", ")}.`;
}
function describeRedirectUri(text3, { quote }) {
  const slash = text3.replace(/[?#].*$/s, "").endsWith("/") ? "with" : "without";
  return `${quote("redirect-uri", text3)}, ${slash} a trailing slash. It must match the app's callback URL exactly.`;
}
var PRODUCTION = 'the default production environment (prod), which URLs omit. If the page source of the Sprinklr UI has another name under "sentry-environment", use that name.';
function describeEnvironment(text3, { quote }) {
  const name = parseEnvironment(text3);
  const given = quote("environment", text3);
  if (name === "") return `${text3 === "" ? "Empty" : given}: ${PRODUCTION}`;
  return name === text3 || given !== text3 ? `${given}.` : `Read as ${name}, given as ${text3}.`;
}
function readGateway({ read }) {
  const gateway = attempt(() => parseGateway(read));
  return gateway instanceof Error ? void 0 : gateway;
}
function checkEndpoints(gateway, { read, quote }) {
  if (gateway === void 0) {
    return [
      {
        name: "endpoints",
        status: "skipped",
        found: "Unknown, because gateway, environment, or base-url has an error."
      }
    ];
  }
  const isQuoted = (name) => quote(name, read(name)) === read(name);
  const apiUrl = [
    read("base-url") === "" || isQuoted("base-url") ? new URL(gateway.apiUrl).origin : "{base-url}",
    isQuoted("environment") || read("environment") === "" ? new URL(gateway.apiUrl).pathname : "/{environment}"
  ].join("").replace(/\/$/, "");
  const text3 = read("app-id");
  const appId = isAppId(text3) ? parseAppId(text3) : "APP-ID";
  const show = ({ href }) => `POST ${apiUrl}${href.slice(gateway.apiUrl.length)}`;
  return [
    { name: "API URL", status: "ok", found: apiUrl },
    { name: "registration endpoint", status: "ok", found: show(gateway.registrationEndpoint) },
    { name: "exchange endpoint", status: "ok", found: show(gateway.exchangeEndpoint(appId)) }
  ];
}

// src/cli/doctor/credentials.ts
function checkCredentials(context) {
  const { read } = context;
  const key = attempt(() => requireRs256(parseInput("private-key", read), "private-key"));
  const certificate = attempt(() => parseInput("certificate", read));
  return {
    checks: [
      ...checkPrivateKey(key, context),
      checkCertificate3(certificate, context),
      checkPair(key, certificate),
      ...checkClientCertificate(context)
    ],
    certificate: certificate instanceof ActionError ? void 0 : certificate
  };
}
function unreadableChecks(name, inputs, context) {
  return inputs.flatMap((input) => context.values.unreadable.get(input) ?? []).map((error) => unreadableCheck(name, error, context));
}
function checkPrivateKey(key, context) {
  const name = "private-key";
  const unreadable = unreadableChecks(name, [name, "private-key-passphrase"], context);
  if (unreadable.length > 0) return unreadable;
  const value = context.values.given.get(name);
  if (value === void 0) return absentCheck(name);
  if (key instanceof ActionError) return [failedCheck(name, key)];
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  const found = [
    `${describeForm(value)}, RSA, ${bits} bits, SHA-256 of the public key ${publicKeyFingerprint(key)}.`,
    describePassphrase(value.text, context.read("private-key-passphrase")),
    sourceOf(value, context)
  ];
  return [{ name, status: "ok", found: found.filter((sentence) => sentence !== "").join(" ") }];
}
function describeForm({ text: text3, isBinary }) {
  const form = describePrivateKey(text3) ?? "";
  if (isBinary) return `${form.replace(/^base64 of /, "")}, the file itself (a secret contains its base64)`;
  return form.startsWith("PEM") ? `${form}, which works as well as DER` : form;
}
function describePassphrase(key, passphrase) {
  if (describePrivateKey(key)?.includes("encrypted") === true) return "The passphrase decrypts it.";
  return passphrase === "" ? "" : "It is not encrypted, so the passphrase is not used.";
}
function publicKeyFingerprint(key) {
  const spki = (0, import_node_crypto12.createPublicKey)(key).export({ type: "spki", format: "der" });
  return (0, import_node_crypto12.createHash)("sha256").update(spki).digest("hex");
}
function checkCertificate3(certificate, context) {
  const { values, read, show, io: io2 } = context;
  const name = "certificate";
  const [unreadable] = unreadableChecks(name, [name], context);
  if (unreadable !== void 0) return unreadable;
  const value = values.given.get(name);
  if (value === void 0 || certificate === void 0)
    return { name, status: "skipped", found: `Not given (${whereToSet(name)}).` };
  if (certificate instanceof ActionError) return failedCheck(name, certificate);
  const { subject, notBefore, expiresAt, fingerprint } = certificate;
  const validity = `valid from ${notBefore.toISOString()} to ${expiresAt.toISOString()}`;
  const found = `${show(subject)}, ${validity}, SHA-256 ${fingerprint}. ${sourceOf(value, context)}`;
  const days = attempt(() => parseInput("certificate-warning-days", read));
  const warningDays = days instanceof Error ? 0 : days;
  const warning = attempt(() => checkValidity(certificate, { now: io2.now(), warningDays }));
  if (warning instanceof ActionError) return failedCheck(name, warning);
  const warnings = [warning, signerWarning(certificate)].filter((text3) => text3 !== void 0);
  return warnings.length === 0 ? { name, status: "ok", found } : { name, status: "warning", found: [found, ...warnings].join(" ") };
}
function checkPair(key, certificate) {
  const name = "private-key and certificate";
  if (key instanceof ActionError || certificate instanceof ActionError || certificate === void 0)
    return { name, status: "skipped", found: "Not compared, because one of them is missing or unusable." };
  const mismatch = attempt(() => {
    requireMatch(certificate, key);
  });
  return mismatch instanceof ActionError ? failedCheck(name, mismatch) : { name, status: "ok", found: "They match." };
}
var MINUTE_MS = 6e4;
function registeredAt({ read }) {
  const appId = attempt(() => parseAppId(read("app-id")));
  return appId instanceof Error ? void 0 : decodeAppId(appId)?.registeredAt;
}
function checkAge(certificate, context) {
  const registered = registeredAt(context);
  if (registered === void 0 || certificate === void 0) return [];
  const name = "app-id and certificate";
  if (certificate.notBefore.valueOf() - registered.valueOf() <= MINUTE_MS)
    return [{ name, status: "ok", found: "The App ID is newer than the certificate, as expected." }];
  return [
    {
      name,
      status: "warning",
      found: "The App ID is older than this certificate, so it belongs to an earlier certificate.",
      remedy: "Register this certificate and use its App ID, unless both certificates have the same key."
    }
  ];
}
function checkClientCertificate(context) {
  const { values, read, show, io: io2 } = context;
  const name = "mtls-certificate";
  const inputs = [name, "mtls-private-key", "mtls-passphrase"];
  const unreadable = unreadableChecks(name, inputs, context);
  if (unreadable.length > 0) return unreadable;
  if (!values.given.has(name) && !values.given.has("mtls-private-key")) return [];
  const pair = attempt(() => {
    const chain = parseInput(name, read);
    const key = parseInput("mtls-private-key", read);
    if (chain !== void 0 && key !== void 0) return { chain, key };
    const missing2 = chain === void 0 ? name : "mtls-private-key";
    throw new ActionError("INPUT_MISSING", `${missing2} is missing.`, { remedy: "", inputs: [missing2] });
  });
  if (pair instanceof ActionError) return [failedCheck(name, pair)];
  const certificate = new import_node_crypto12.X509Certificate(pair.chain);
  const subject = show((certificate.subject ?? "").replaceAll("\n", ", "));
  const expiresAt = new Date(certificate.validTo);
  if (expiresAt < io2.now()) {
    const found2 = `${subject} expired at ${expiresAt.toISOString()}.`;
    return [{ name, status: "error", found: found2, remedy: "Get a new client certificate from its issuer." }];
  }
  const found = `${subject}, valid until ${expiresAt.toISOString()}. It matches mtls-private-key.`;
  return [{ name, status: "ok", found }];
}

// src/cli/doctor/live.ts
var import_promises3 = require("node:dns/promises");

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
  const text3 = typeof value === "string" ? sanitize(value, secrets) : "";
  return text3 === "" ? {} : { [field]: text3 };
}

// src/modes/token.ts
async function token2(request, context) {
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
  for (let attempt2 = 1; attempt2 <= MAX_SEAL_ATTEMPTS; attempt2++) {
    const sealed = await sealToken(payload, seal);
    if (!secrets.containsSecret(sealed)) return sealed;
  }
  throw new ActionError(
    "INPUT_INVALID",
    "Cannot seal the token: a secret input is so short that every sealed token contains it. GitHub would drop the output.",
    { remedy: "Use secrets of 8 characters or more." }
  );
}

// src/cli/doctor/live.ts
var NAMES2 = [
  "name resolution",
  "connection",
  "clock difference",
  "consent page",
  "exchange",
  "identity"
];
function skippedLiveChecks() {
  return NAMES2.map((name) => ({ name, status: "skipped", found: "Not tried because of the errors above." }));
}
async function* checkLive(options) {
  let reason = "";
  for (const step of liveSteps(options)) {
    const check = reason === "" ? await resultOf(step) : { name: step.name, status: "skipped", found: reason };
    yield check;
    if (check.status === "error") reason = `Not tried because the ${step.name} failed.`;
    if (check.status === "skipped") reason ||= "Not tried.";
  }
}
async function resultOf({ name, run: run2 }) {
  try {
    return { name, ...await run2() };
  } catch (error) {
    if (error instanceof ActionError) return failedCheck(name, error);
    throw error;
  }
}
function liveSteps({ request, secrets, consent, observe, io: io2 }) {
  const { gateway, app } = request;
  const origin = new URL("/", gateway.apiUrl);
  const warnings = [];
  const context = { ...createContext(io2, secrets), log: collectWarnings(warnings) };
  const once5 = {
    ...request,
    certificate: void 0,
    verify: void 0,
    http: { ...request.http, maxAttempts: 1, observe }
  };
  const session = () => createHttpSession(once5.http, context);
  let response;
  let accessToken;
  const runs = {
    "name resolution": () => resolveName(origin),
    connection: async () => {
      progress(io2, "Calling Sprinklr");
      response = await connect(origin, session());
      return { status: "ok", found: `${origin.origin} responded (HTTP ${response.status}).` };
    },
    "clock difference": () => Promise.resolve(compareClocks(response, context.now())),
    "consent page": () => checkConsentPage(gateway, { app, session: session(), secrets }),
    exchange: async () => {
      if (!await consent()) return { status: "skipped", found: "Not requested, because you declined." };
      progress(io2, "Requesting a token");
      ({ accessToken } = await token2(once5, context).catch(suggestSwap));
      return describeToken(accessToken, warnings);
    },
    identity: async () => {
      const bearer = { gateway, apiKey: app.apiKey, accessToken: accessToken.value };
      const { userId, name, email, type, workspaceId, customerId } = await whoAmI(session(), bearer, context);
      const user = [`user ${userId}`, name, email, type].filter((text3) => text3 !== void 0).join(", ");
      return {
        status: "ok",
        found: `The token belongs to ${user}; workspace ${workspaceId}, customer ${customerId}. Discarded locally. It stays valid at Sprinklr until it expires or is replaced.`
      };
    }
  };
  return NAMES2.map((name) => ({ name, run: runs[name] }));
}
function collectWarnings(warnings) {
  const ignore = () => void 0;
  const warning = (line2) => {
    warnings.push(line2);
  };
  return { debug: ignore, info: ignore, notice: ignore, warning };
}
async function resolveName(origin) {
  const proxy = proxyFor(origin);
  const host = (proxy ?? origin).hostname.replace(/^\[|\]$/g, "");
  const role = proxy === void 0 ? "" : " (the proxy)";
  try {
    const addresses = await (0, import_promises3.lookup)(host, { all: true });
    const list = [...new Set(addresses.map(({ address }) => address))].join(", ");
    return { status: "ok", found: `${host}${role} is ${list}.` };
  } catch (error) {
    const { code: code2 = "unknown error" } = error;
    throw new ActionError("NETWORK_UNREACHABLE", `Cannot resolve ${host}${role}: ${code2}.`, {
      remedy: "Check base-url, the network and DNS server of this machine, and https_proxy if you need a proxy.",
      cause: error
    });
  }
}
async function connect(origin, session) {
  try {
    return await session.send(() => ({ method: "GET", url: origin, headers: {}, body: "" }), "never");
  } catch (error) {
    throw error instanceof ActionError && error.code === "TLS_FAILED" ? explainTlsFailure(error) : error;
  }
}
function explainTlsFailure(error) {
  const [, code2 = ""] = /\(([A-Z_]+)\)/.exec(error.message) ?? [];
  const [, meaning] = TLS_ERRORS.find(([pattern]) => pattern.test(code2)) ?? [];
  if (meaning === void 0) return error;
  return new ActionError(error.code, `${error.message} ${meaning}`, { remedy: error.remedy, cause: error });
}
var TLS_ERRORS = [
  [/^CERT_HAS_EXPIRED$/, "The server's certificate expired, or this machine's clock is ahead."],
  [/^CERT_NOT_YET_VALID$/, "The server's certificate is not valid yet, or this machine's clock is behind."],
  [/ALTNAME|HOSTNAME/, "The server's certificate is for another name."],
  [/SELF_SIGNED|ISSUER|LEAF/, "The server's certificate is from a CA that this machine does not trust."],
  [/EPROTO|WRONG_VERSION/, "The server does not use TLS on this port, or requires a client certificate."]
];
function compareClocks({ headers }, now) {
  const serverTime = serverDate(headers);
  if (serverTime === void 0) return { status: "warning", found: "The response has no Date header." };
  const seconds = Math.round((now.valueOf() - serverTime.valueOf()) / 1e3);
  const found = `This machine's clock is ${Math.abs(seconds)} s ${seconds < 0 ? "behind" : "ahead of"} Sprinklr's.`;
  if (Math.abs(seconds) <= MAX_CLOCK_SKEW_SECONDS) return { status: "ok", found };
  return {
    status: "warning",
    found,
    remedy: "Correct this machine's clock. Sprinklr rejects a JWT that is expired or from the future."
  };
}
async function checkConsentPage({ authorizationEndpoint }, { app, session, secrets }) {
  const url = new URL(authorizationEndpoint);
  url.search = new URLSearchParams({
    client_id: app.apiKey,
    response_type: "code",
    redirect_uri: app.redirectUri
  }).toString();
  const response = await session.send(() => ({ method: "GET", url, headers: {}, body: "" }), "never");
  const found = `It responded (HTTP ${response.status}).`;
  if (response.status < 400) return { status: "ok", found };
  const quote = describeError2(response, secrets);
  const reason = quote === "" ? "" : ` The server said: "${quote}".`;
  const warning = { status: "warning", found: `${found}${reason}` };
  if (response.status === 500) {
    const remedy = "Sprinklr responds with 500 to a wrong redirect-uri. Compare it with the developer app's callback URL. They must match exactly.";
    return { ...warning, remedy };
  }
  return { ...warning, remedy: "Check api-key, redirect-uri, and environment." };
}
function suggestSwap(error) {
  if (!(error instanceof ActionError) || error.code !== "API_KEY_INACTIVE") throw error;
  const remedy = `${error.remedy} Check that api-key and api-secret are not swapped.`;
  throw new ActionError(error.code, error.message, { remedy, inputs: error.inputs, cause: error });
}
function describeToken({ type, expiresIn, expiresAt }, warnings) {
  const expiry = expiresAt === void 0 ? "without an expiry" : `that is valid for ${expiresIn} s. It expires at ${expiresAt.toISOString()}`;
  const found = `Sprinklr issued a ${type} token ${expiry}.`;
  return warnings.length === 0 ? { status: "ok", found } : { status: "warning", found: [found, ...warnings].join(" ") };
}

// src/cli/doctor/machine.ts
var import_node_fs4 = require("node:fs");
function checkMachine({ certificate, gateway }, context) {
  const { io: io2 } = context;
  return [
    checkClock(certificate, context),
    checkProxy(gateway, io2),
    checkCertificateAuthorities(io2),
    checkTlsVerification(io2)
  ];
}
var MINUTE_MS2 = 6e4;
var DAY_MS3 = 24 * 60 * MINUTE_MS2;
function checkClock(certificate, context) {
  const name = "clock";
  const { io: io2 } = context;
  const now = io2.now();
  const events = [
    ["the certificate became valid", certificate?.notBefore, 0],
    ["Sprinklr issued the App ID", registeredAt(context), MINUTE_MS2],
    // An archive can be unpacked in another time zone.
    ["this program was installed", (0, import_node_fs4.statSync)((0, import_node_fs4.realpathSync)(io2.program)).mtime, DAY_MS3]
  ];
  const [what, at] = events.find(([, time, tolerance]) => time && time.valueOf() - now.valueOf() > tolerance) ?? [];
  if (what === void 0 || at === void 0)
    return { name, status: "ok", found: `It is ${now.toISOString()}.` };
  return {
    name,
    status: "error",
    found: `This machine's clock says ${now.toISOString()}, but ${what} at ${at.toISOString()}.`,
    remedy: "Correct this machine's clock (time synchronization, time zone), then run this again."
  };
}
function checkProxy(gateway, { env }) {
  const name = "proxy";
  const isSet2 = (variable2) => [variable2, variable2.toUpperCase()].some((each) => env[each]);
  if (gateway === void 0)
    return {
      name,
      status: "skipped",
      found: "Unknown, because gateway, environment, or base-url has an error."
    };
  const url = new URL(gateway.apiUrl);
  const proxy = attempt(() => proxyFor(url));
  if (proxy instanceof Error) return failedCheck(name, proxy);
  if (proxy !== void 0) {
    const login = proxy.username === "" ? "" : ", with a username and password";
    return { name, status: "ok", found: `Calls to ${url.host} go through ${proxy.origin}${login}.` };
  }
  if (isLoopback(url.hostname))
    return { name, status: "ok", found: "None. Loopback addresses never use a proxy." };
  if (isSet2("https_proxy")) return { name, status: "ok", found: `None: no_proxy exempts ${url.host}.` };
  const other = ["http_proxy", "all_proxy"].find(isSet2);
  if (other === void 0) return { name, status: "ok", found: "None." };
  return {
    name,
    status: "warning",
    found: `None: ${other} is set, but HTTPS calls use only https_proxy.`,
    remedy: `To reach ${url.host} through a proxy, set https_proxy.`
  };
}
function checkCertificateAuthorities({ env }) {
  const name = "NODE_EXTRA_CA_CERTS";
  const path = env[name] ?? "";
  if (path === "") return { name, status: "skipped", found: "Not set." };
  const error = (found) => ({
    name,
    status: "error",
    found,
    remedy: "Set it to the full path of a PEM file with the certificates of your CA, or unset it."
  });
  try {
    const count = (0, import_node_fs4.readFileSync)(path, "latin1").split("-----BEGIN CERTIFICATE-----").length - 1;
    if (count === 0) return error("The file contains no PEM certificate, so Node ignores it.");
    return { name, status: "ok", found: `${count} more ${count === 1 ? "CA is" : "CAs are"} trusted.` };
  } catch {
    return error("The file does not exist or cannot be read, so Node ignores it.");
  }
}
function checkTlsVerification({ env }) {
  const name = "NODE_TLS_REJECT_UNAUTHORIZED";
  if (env[name] !== "0") return { name, status: "ok", found: "Server certificates are verified." };
  return {
    name,
    status: "error",
    found: "It is 0, so anyone on the network path can pose as Sprinklr and read the secrets.",
    remedy: "Unset it. For a private CA, set NODE_EXTRA_CA_CERTS."
  };
}

// src/cli/doctor/context.ts
function createDoctorContext(values, secrets, io2) {
  const { reveals } = secrets;
  return {
    values,
    read: rawReader(values),
    show: (text3) => describePrivateKey(text3) === void 0 ? sanitize(text3, secrets) : "(a private key)",
    quote: (name, text3) => canBeShown(name, text3) && !reveals(text3) ? text3 : `${text3.length} characters (not shown: it could be a secret)`,
    reveals,
    io: io2
  };
}

// src/cli/doctor/report.ts
function createReport(io2, { json, live, secrets }) {
  const checks = [];
  return {
    heading: (text3) => {
      if (!json) print(io2, "", paint("bold", text3, io2.stdout));
    },
    add: ({ found, remedy, ...rest }) => {
      const check = {
        ...rest,
        found: conceal(found, secrets),
        ...remedy !== void 0 && { remedy: conceal(remedy, secrets) }
      };
      checks.push(check);
      if (!json) printCheck(check, io2);
    },
    finish: () => {
      const ok = checks.every(({ status }) => status !== "error");
      if (json) printJson({ ok, checks }, io2);
      else print(io2, "", summarize(checks, live));
      return ok;
    }
  };
}
function conceal(text3, { redact: redact2, reveals }) {
  const redacted = redact2(text3);
  return reveals(redacted) ? WITHHELD : redacted;
}
var COLORS = { ok: "green", warning: "yellow", error: "red", skipped: "dim" };
function printCheck({ name, status, found, remedy, code: code2 }, io2) {
  const mark = paint(COLORS[status], (status === "skipped" ? "-" : status).padEnd(7), io2.stdout);
  print(io2, `  ${mark}  ${name}: ${found}${code2 === void 0 ? "" : ` (${code2})`}`);
  if (remedy !== void 0) print(io2, `           ${paint("cyan", remedy, io2.stdout)}`);
}
function summarize(checks, live) {
  const count = (status) => {
    const number = checks.filter((check) => check.status === status).length;
    return number === 0 ? "" : `${number} ${status}${number === 1 ? "" : "s"}`;
  };
  const errors = count("error");
  const noErrors = live ? "No errors" : "No errors offline";
  const advice = errors === "" && !live ? " To check the values with Sprinklr, add --live." : "";
  return `${[errors || noErrors, count("warning")].filter((text3) => text3 !== "").join(", ")}.${advice}`;
}

// src/cli/doctor/report-file.ts
var import_node_fs5 = require("node:fs");
var import_node_path5 = require("node:path");
async function prepareReportFile(file, { canAsk: canAsk2, io: io2 }) {
  const path = (0, import_node_path5.resolve)(io2.cwd, file);
  checkFolder((0, import_node_path5.dirname)(path), [(0, import_node_path5.basename)(path)], { replace: true });
  if ((0, import_node_fs5.lstatSync)(path, { throwIfNoEntry: false }) === void 0) return { path, replace: false };
  if (canAsk2 && await confirm2(io2, `Replace ${path}?`)) return { path, replace: true };
  throw new CliError(`${path} already exists.`, "Choose another file for --report, or remove this one.");
}
async function writeReportFile({ path, replace }, { calls, gateway }, io2) {
  const report = {
    about: 'Calls of "sprinklr-token doctor --live", without their values: only names, types, and numbers are left.',
    node: process.versions.node,
    gateway: gateway ?? "custom base-url",
    calls
  };
  const content = `${JSON.stringify(report, null, 2)}
`;
  await writeFiles((0, import_node_path5.dirname)(path), [{ name: (0, import_node_path5.basename)(path), content, secret: true }], { replace, io: io2 });
}

// src/cli/doctor.ts
function addDoctor(program2, io2) {
  const command = program2.command("doctor").summary("check a set of values, and explain what is wrong").description(
    "Checks the values that the action would get, one by one, and explains what is wrong and how to fix it. Makes no network calls without --live. Pass all values, or only a few. Exit code 0: no errors. 1: errors. 2: usage error."
  );
  addValueFlags(command, TOKEN_INPUTS);
  return command.option(
    "--live",
    "also call Sprinklr to check DNS, TLS, the clock, and the consent page. Then, after you agree, request one token, which invalidates the API key's current token"
  ).option("--yes", "agree to the token request in advance").option(
    "--report <file>",
    "with --live: write a report of all calls, without any values, to a new file that you can attach to an issue"
  ).option("--json", "print one JSON document").addHelpText(
    "before",
    `Example:
  SPRINKLR_API_KEY=\u2026 SPRINKLR_API_SECRET=\u2026 sprinklr-token doctor --private-key-file server.der \\
    --certificate-file server.crt --app-id eyJ\u2026 --username ci-bot@example.com --environment prod2 \\
    --redirect-uri https://www.example.com/callback
`
  ).action(async (options) => {
    const prepared = await withJsonErrors(options, io2, () => prepare(options, io2));
    await diagnose(prepared, options, io2);
  });
}
async function prepare(options, io2) {
  requireConsentPossible(options, io2);
  if (options.report !== void 0 && options.live !== true)
    throw usageError("--report requires --live.", "Add --live, or omit --report.");
  const reportFile = options.report === void 0 ? void 0 : await prepareReportFile(options.report, { canAsk: canAsk(options, io2), io: io2 });
  const values = await readValues(TOKEN_INPUTS, options, io2);
  if (values.given.size === 0 && values.unreadable.size === 0) {
    throw usageError(
      "No values to check.",
      "Pass what you have, such as --private-key-file server.der. After setup --files DIR, first run: set -a; . DIR/.env; set +a"
    );
  }
  return { values, reportFile };
}
async function diagnose({ values, reportFile }, options, io2) {
  const secrets = maskedSecrets(values);
  const report = createReport(io2, { json: options.json === true, live: options.live === true, secrets });
  const context = createDoctorContext(values, secrets, io2);
  const isSound = reportValues(report, context);
  const calls = createCallReport({ ...identityOf(context), secrets });
  if (options.live === true) {
    report.heading("Sprinklr");
    const live = { context, secrets, agreed: options.yes === true, observe: calls.observe };
    if (isSound) await reportLive(report, live);
    else addAll(report, skippedLiveChecks());
  }
  if (!report.finish()) io2.exitCode = 1;
  if (reportFile !== void 0) await saveCalls(reportFile, calls, context);
}
function identityOf(context) {
  const { read } = context;
  const environment = attempt(() => parseInput("environment", read));
  const url = new URL(readGateway(context)?.apiUrl ?? "https://invalid");
  const names = ["app-id", "username", "environment", "redirect-uri"];
  return {
    environment: environment instanceof ActionError ? "" : environment,
    identifying: [...names.map(read), url.hostname]
  };
}
async function saveCalls(file, { calls }, context) {
  const { io: io2 } = context;
  if (calls.length === 0) {
    note(io2, `Nothing was sent, so ${file.path} was not written.`);
    return;
  }
  const host = new URL(readGateway(context)?.apiUrl ?? "https://invalid").hostname;
  const gateway = GATEWAYS.find((name) => host === `${name}.sprinklr.com`);
  await writeReportFile(file, { calls, gateway }, io2);
  note(io2, `Wrote ${file.path}. It contains no values. Read it, then attach it to an issue.`);
}
function requireConsentPossible(options, io2) {
  const { live, yes } = options;
  if (yes === true && live !== true) throw usageError("--yes requires --live.", "Add --live, or omit --yes.");
  if (live !== true || yes === true || canAsk(options, io2)) return;
  throw usageError(
    "--live asks before it requests a token, but there is no terminal to ask on.",
    "The request invalidates the API key's current token. Add --yes if you agree, or omit --live."
  );
}
function canAsk(options, io2) {
  return options.json !== true && isInteractive(io2) && !readsStandardInput(TOKEN_INPUTS, options, io2);
}
function maskedSecrets({ given }) {
  const secrets = createSecrets(() => void 0);
  for (const [name, { text: text3 }] of given) {
    const isPublic = !isSecret(name) && describePrivateKey(text3) === void 0;
    const isExempt2 = isUsuallyFile(name) || name === "app-id" || canBeShown(name, text3.trim());
    const words = isPublic && !isExempt2 ? secretLikeWords(text3) : [];
    const masked = isPublic ? words.flatMap((word) => [word, word.toLowerCase()]) : [text3.trim(), text3];
    for (const value of masked) secrets.mask(value);
  }
  return secrets;
}
function reportValues(report, context) {
  const { checks, certificate } = checkCredentials(context);
  const gateway = readGateway(context);
  const sections = [
    ["Values", [...checks, ...checkInputs(context), ...checkAge(certificate, context)]],
    ["Endpoints", checkEndpoints(gateway, context)],
    ["This machine", checkMachine({ certificate, gateway }, context)]
  ];
  for (const [heading2, section] of sections) {
    report.heading(heading2);
    addAll(report, section);
  }
  return sections.every(([, section]) => section.every(({ status }) => status !== "error"));
}
function addAll(report, checks) {
  for (const check of checks) report.add(check);
}
async function reportLive(report, { context, secrets, agreed, observe }) {
  const { read, io: io2 } = context;
  const request = attempt(() => parseTokenRequest(read, { secrets, sealScope }));
  if (request instanceof ActionError) {
    addAll(report, [failedCheck("inputs", request), ...skippedLiveChecks()]);
    return;
  }
  const consent = async () => {
    note(io2, "Requesting a token invalidates the API key's current token for everyone who uses it.");
    return agreed || await confirm2(io2, "Request a token?");
  };
  for await (const check of checkLive({ request, secrets, consent, observe, io: io2 })) report.add(check);
}

// src/cli/exec/find-command.ts
var import_node_fs6 = require("node:fs");
var import_node_path6 = require("node:path");
var NOT_EXECUTABLE = 126;
var NOT_FOUND = 127;
function findCommand(command, { env, cwd, platform, show }) {
  const isWindows = platform === "win32";
  const isPath = (isWindows ? /[/\\]/ : /\//).test(command);
  const folders = isPath ? [""] : (env["PATH"] ?? "").split(isWindows ? ";" : ":");
  const names = isWindows ? windowsNames(command, env["PATHEXT"]) : [command];
  let problem;
  for (const path of folders.flatMap((folder) => names.map((name) => (0, import_node_path6.resolve)(cwd, folder, name)))) {
    const reason = command === "" ? NO_SUCH_FILE : whyNotExecutable(path, isWindows);
    if (reason === void 0) return path;
    if (reason !== NO_SUCH_FILE) problem ??= `${show(path)} ${reason}`;
  }
  const noToken = "No token was requested.";
  if (problem !== void 0) {
    throw new CliError(`Cannot run the command: ${problem}.`, `Correct the command. ${noToken}`, {
      exitCode: NOT_EXECUTABLE
    });
  }
  throw new CliError(
    `Command not found: ${show(command)}.`,
    `Correct the command${isPath ? "" : ", or add its folder to PATH"}. ${noToken}`,
    { exitCode: NOT_FOUND }
  );
}
function windowsNames(command, pathExt = ".COM;.EXE;.BAT;.CMD") {
  const extensions = pathExt.toLowerCase().split(";");
  const hasExtension = extensions.some((extension) => command.toLowerCase().endsWith(extension));
  return hasExtension ? [command] : extensions.map((extension) => command + extension);
}
var NO_SUCH_FILE = "does not exist";
function whyNotExecutable(path, isWindows) {
  try {
    if (!(0, import_node_fs6.statSync)(path).isFile()) return "is not a file";
    if (isWindows && /\.(bat|cmd)$/i.test(path)) return "is a batch file: run it with cmd.exe /d /c";
    (0, import_node_fs6.accessSync)(path, import_node_fs6.constants.X_OK);
    return void 0;
  } catch (error) {
    const { code: code2 } = error;
    if (code2 === "ENOENT" || code2 === "ENOTDIR") return NO_SUCH_FILE;
    return `is not executable (${systemErrorReason(error) ?? "unknown error"})`;
  }
}

// src/cli/exec/masks.ts
var MIN_FORM_LENGTH = 8;
var LINE_LENGTHS = [76, 64];
var PART_LENGTH = 16;
function collectMasks() {
  const forms = /* @__PURE__ */ new Set();
  const secrets = createSecrets((form) => forms.add(form));
  const mask = (value) => {
    secrets.mask(value);
    for (const form of encodedForms(value)) if (form.length >= MIN_FORM_LENGTH) forms.add(form);
  };
  return { secrets: { ...secrets, mask }, forms };
}
function encodedForms(value) {
  const bytes = Buffer.from(value);
  const hex2 = bytes.toString("hex");
  const base64 = [0, 1, 2].map((offset) => base64At(offset, bytes));
  const lines = [base64[0] ?? "", value].flatMap(
    (text3) => LINE_LENGTHS.flatMap((length) => text3.match(new RegExp(`.{1,${length}}`, "g")) ?? [])
  );
  return [
    hex2,
    hex2.toUpperCase(),
    ...[...base64, ...lines, ...base64.flatMap(groupsOf)].flatMap((text3) => [
      text3,
      text3.replaceAll("+", "-").replaceAll("/", "_")
    ])
  ];
}
function groupsOf(text3) {
  const count = Math.max(0, Math.floor((text3.length - PART_LENGTH) / 4) + 1);
  return Array.from({ length: count }, (_, index) => text3.slice(index * 4, index * 4 + PART_LENGTH));
}
function base64At(offset, bytes) {
  const text3 = Buffer.concat([Buffer.alloc(offset), bytes]).toString("base64");
  return text3.slice(Math.ceil(offset * 8 / 6), Math.floor((offset + bytes.length) * 8 / 6));
}

// src/cli/exec/run-command.ts
var import_node_child_process5 = require("node:child_process");
var import_node_os4 = require("node:os");

// src/cli/exec/pipe.ts
var import_node_child_process4 = require("node:child_process");
var import_node_fs7 = require("node:fs");
var import_node_net5 = require("node:net");
var import_node_os3 = require("node:os");
var import_node_path7 = require("node:path");
function openPipe() {
  if (process.platform !== "linux") return void 0;
  const folder = (0, import_node_fs7.mkdtempSync)((0, import_node_path7.join)((0, import_node_os3.tmpdir)(), "sprinklr-token-"));
  try {
    const path = (0, import_node_path7.join)(folder, "pipe");
    (0, import_node_child_process4.execFileSync)("mkfifo", [path], { env: { PATH: process.env["PATH"] }, stdio: "ignore" });
    const source = (0, import_node_fs7.openSync)(path, import_node_fs7.constants.O_RDONLY | import_node_fs7.constants.O_NONBLOCK);
    const sink = (0, import_node_fs7.openSync)(path, import_node_fs7.constants.O_WRONLY);
    return {
      source: new import_node_net5.Socket({ fd: source, readable: true, writable: false }),
      sink,
      closeSink: () => {
        (0, import_node_fs7.closeSync)(sink);
      }
    };
  } catch {
    return void 0;
  } finally {
    (0, import_node_fs7.rmSync)(folder, { recursive: true });
  }
}

// src/cli/exec/redactor.ts
function createAutomaton(patterns) {
  const keys = [...patterns].map((pattern) => Buffer.from(pattern)).filter(({ length }) => length > 0);
  const size = keys.reduce((sum, { length }) => sum + length, 1);
  const bytes = new Uint8Array(size);
  const firstChildren = new Int32Array(size);
  const siblings = new Int32Array(size);
  const pending = new Int32Array(size);
  const matches = new Int32Array(size);
  const suffixes = new Int32Array(size);
  const rootChildren = new Int32Array(256);
  const at = (values, index) => values[index] ?? 0;
  const childOf = (node2, byte) => {
    if (node2 === 0) return at(rootChildren, byte);
    let child = at(firstChildren, node2);
    while (child !== 0 && bytes[child] !== byte) child = at(siblings, child);
    return child;
  };
  const step = (from, byte) => {
    let node2 = from;
    let child = childOf(node2, byte);
    while (child === 0 && node2 !== 0) {
      node2 = at(suffixes, node2);
      child = childOf(node2, byte);
    }
    return child;
  };
  let count = 1;
  const addChild = (parent, byte) => {
    const node2 = count++;
    bytes[node2] = byte;
    pending[node2] = at(pending, parent) + 1;
    if (parent === 0) rootChildren[byte] = node2;
    siblings[node2] = at(firstChildren, parent);
    firstChildren[parent] = node2;
    return node2;
  };
  for (const key of keys) {
    let node2 = 0;
    for (const byte of key) node2 = childOf(node2, byte) || addChild(node2, byte);
    matches[node2] = key.length;
  }
  const queue = [0];
  for (const parent of queue) {
    for (let node2 = at(firstChildren, parent); node2 !== 0; node2 = at(siblings, node2)) {
      queue.push(node2);
      const suffix = parent === 0 ? 0 : step(at(suffixes, parent), bytes[node2] ?? 0);
      suffixes[node2] = suffix;
      matches[node2] ||= at(matches, suffix);
      if (firstChildren[node2] === 0) pending[node2] = at(pending, suffix);
    }
  }
  return { step, pending, matches };
}
var MASK = Buffer.from("***");
var Redactor = class {
  #automaton;
  #node = 0;
  /** The bytes that could begin a pattern. */
  #held = Buffer.alloc(0);
  /** Ascending, without overlaps; positions in `#held`. */
  #spans = [];
  constructor(automaton) {
    this.#automaton = automaton;
  }
  /** How many bytes are held back. */
  get held() {
    return this.#held.length;
  }
  /** @returns what can be passed on */
  write(chunk) {
    const { step, pending, matches } = this.#automaton;
    const data = Buffer.concat([this.#held, chunk]);
    for (let position = this.#held.length; position < data.length; position++) {
      this.#node = step(this.#node, data[position] ?? 0);
      const length = matches[this.#node] ?? 0;
      if (length > 0) this.#addSpan(Math.max(0, position + 1 - length), position + 1);
    }
    return this.#release(data, Math.max(0, data.length - (pending[this.#node] ?? 0)));
  }
  /** @returns the held bytes. If they turn out to begin a pattern, the rest of it is still replaced. */
  flush() {
    return this.#release(this.#held, this.#held.length);
  }
  #addSpan(from, end) {
    let start3 = from;
    let shown = false;
    for (let last = this.#spans.at(-1); last !== void 0 && last.end > from; last = this.#spans.at(-1)) {
      start3 = Math.min(start3, last.start);
      shown ||= last.shown;
      this.#spans.pop();
    }
    this.#spans.push({ start: start3, end, shown });
  }
  /** Keeps back only what follows `limit`. */
  #release(data, limit) {
    const output = [];
    let position = 0;
    for (const { start: start3, end, shown } of this.#spans) {
      if (start3 >= limit) break;
      output.push(data.subarray(position, start3));
      if (!shown) output.push(MASK);
      position = end;
    }
    output.push(data.subarray(position, Math.max(position, limit)));
    this.#spans = this.#spans.filter(({ end }) => end > limit).map(({ start: start3, end, shown }) => ({
      start: Math.max(0, start3 - limit),
      end: end - limit,
      shown: shown || start3 < limit
    }));
    this.#held = Buffer.from(data.subarray(limit));
    return Buffer.concat(output);
  }
};

// src/cli/exec/relay.ts
var import_promises4 = require("node:timers/promises");
var MAX_HOLD_MS = 1e3;
var MAX_DRAIN_MS = 1e3;
var MAX_PIPE_BYTES = 1024 * 1024;
async function relay({ source, sink, redactor, commandExit }) {
  let received = 0;
  let limit;
  let timer;
  const pass = (bytes) => {
    if (bytes.length === 0 || sink.write(bytes) || limit !== void 0) return;
    source.pause();
    sink.once("drain", () => source.resume());
  };
  const flush = () => {
    pass(redactor.flush());
  };
  source.on("data", (chunk) => {
    received += chunk.length;
    pass(redactor.write(chunk));
    if (limit !== void 0 && received > limit) source.destroy();
    if (redactor.held <= chunk.length) clearTimeout(timer);
    if (redactor.held > 0 && redactor.held <= chunk.length) timer = setTimeout(flush, MAX_HOLD_MS);
  });
  const closed2 = new Promise((resolve8) => source.on("error", () => void 0).on("close", resolve8));
  sink.on("error", () => source.destroy());
  const drain = async () => {
    await commandExit;
    limit = received + MAX_PIPE_BYTES;
    source.resume();
    await (0, import_promises4.setTimeout)(MAX_DRAIN_MS, void 0, { ref: false });
    let before;
    do {
      before = received;
      await (0, import_promises4.setImmediate)();
    } while (received > before);
  };
  await Promise.race([closed2, drain()]);
  source.destroy();
  clearTimeout(timer);
  flush();
  await new Promise((resolve8) => sink.write("", resolve8));
}

// src/cli/exec/run-command.ts
async function runCommand({ path, name, args, env, masks }, io2) {
  const automaton = createAutomaton(masks);
  const pipes = [openPipe(), openPipe()];
  const [out, err] = pipes;
  const child = start(path, args, {
    argv0: name,
    env,
    cwd: io2.cwd,
    stdio: ["inherit", out?.sink ?? "pipe", err?.sink ?? "pipe"]
  });
  const stopForwarding = forwardSignals(child, io2);
  for (const pipe of pipes) pipe?.closeSink();
  const commandExit = exitOf(child);
  const outputs = [
    [out?.source ?? child.stdout, io2.stdout],
    [err?.source ?? child.stderr, io2.stderr]
  ];
  const relays = outputs.flatMap(
    ([source, sink]) => source === null ? [] : [relay({ source, sink, redactor: new Redactor(automaton), commandExit })]
  );
  try {
    const [exitCode] = await Promise.all([commandExit, ...relays]);
    return exitCode;
  } finally {
    stopForwarding();
  }
}
function start(...call) {
  try {
    return (0, import_node_child_process5.spawn)(...call);
  } catch (error) {
    throw cannotStart2(error);
  }
}
function exitOf(child) {
  return new Promise((resolve8, reject) => {
    child.on("exit", (code2, signal) => {
      resolve8(code2 ?? 128 + (signal === null ? 0 : import_node_os4.constants.signals[signal]));
    });
    child.on("error", (error) => {
      reject(cannotStart2(error));
    });
  });
}
function cannotStart2(error) {
  const reason = systemErrorReason(error) ?? error.code ?? "unknown error";
  return new CliError(
    `Cannot start the command: ${reason}.`,
    "If it is a script, check the interpreter in its first line.",
    { exitCode: NOT_EXECUTABLE, cause: error }
  );
}
var FORWARDED = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGBREAK"];
var SENT_BY_TERMINALS = ["SIGINT", "SIGQUIT"];
function forwardSignals(child, io2) {
  const listeners = FORWARDED.map((signal) => {
    const listener = () => {
      if (process.platform === "win32") return;
      if (io2.stdin.isTTY === true && SENT_BY_TERMINALS.includes(signal)) return;
      child.kill(signal);
    };
    io2.signals.on(signal, listener);
    return () => io2.signals.off(signal, listener);
  });
  return () => {
    for (const remove of listeners) remove();
  };
}

// src/cli/env-file.ts
function formatVariable(name, value) {
  if (/^\w[\w./:+=@%,-]*$/.test(value)) return `${name}=${value}
`;
  if (!value.includes("'") && !value.endsWith("\\")) return `${name}='${value}'
`;
  if (!/["$`\\]/.test(value)) return `${name}="${value}"
`;
  const forDotenv = quoteForDotenv(value);
  const forShells = value.replaceAll("'", String.raw`'\''`);
  return forDotenv && `${name}='${forShells}'; : <<'# end'
${name}=${forDotenv}
# end
`;
}
function quoteForDotenv(value) {
  if (/^[^'"`#][^#]*$/.test(value)) return value;
  if (!value.includes("`") && !value.endsWith("\\")) return `\`${value}\``;
  return /["\\]/.test(value) ? void 0 : `"${value}"`;
}

// src/cli/token/format.ts
var FORMATS = ["token", "json", "env"];
function tokenVariables({ accessToken, apiUrl }, apiKey) {
  return {
    SPRINKLR_ACCESS_TOKEN: accessToken.value,
    SPRINKLR_API_URL: apiUrl,
    SPRINKLR_API_KEY: apiKey
  };
}
function formatToken(result, format, apiKey) {
  switch (format) {
    case "token":
      return `${result.accessToken.value}
`;
    case "json":
      return `${JSON.stringify(toJson(result), null, 2)}
`;
    case "env":
      return Object.entries(tokenVariables(result, apiKey)).map(([name, value]) => formatVariable(name, value) ?? refuse(name)).join("");
  }
}
function refuse(name) {
  throw new CliError(
    `The value of ${name} contains quotes or backslashes that no dotenv parser can read.`,
    "Run the command again with --format token or --format json."
  );
}
function toJson({ accessToken, apiUrl, identity }) {
  return {
    "access-token": accessToken.value,
    "token-type": accessToken.type,
    "expires-in": accessToken.expiresIn ?? null,
    "expires-at": accessToken.expiresAt?.toISOString() ?? null,
    "api-url": apiUrl,
    ...identity && {
      "user-id": identity.userId,
      "workspace-id": identity.workspaceId,
      "customer-id": identity.customerId
    }
  };
}

// src/cli/token/request.ts
async function readTokenRequest(options, { secrets, log, now }, io2) {
  const read = await requireValues(TOKEN_INPUTS, options, io2);
  const request = parseTokenRequest(read, { secrets, sealScope });
  const silent = { ...log, warning: () => void 0 };
  if (request.certificate !== void 0) checkCertificate(request.certificate, request, { now, log: silent });
  return request;
}
async function requestToken(request, context, io2) {
  note(io2, "Requesting an access token. This invalidates the API key's current token.");
  const result = await token2(request, context);
  const { accessToken, apiUrl, username, identity } = result;
  const expiry = accessToken.expiresAt === void 0 ? "Its expiry is unknown." : `Expires at ${accessToken.expiresAt.toISOString()}.`;
  context.log.info(`Access token for ${username} at ${apiUrl}. ${expiry}`);
  if (identity !== void 0) {
    const { userId, workspaceId, customerId } = identity;
    context.log.info(`It belongs to user ${userId}, workspace ${workspaceId}, customer ${customerId}.`);
  }
  return result;
}

// src/cli/exec.ts
function addExec(program2, io2) {
  const command = program2.command("exec").summary("run a command with an access token in its environment").description(
    "Requests an access token, which invalidates the API key's current token. Then runs a command with SPRINKLR_ACCESS_TOKEN, SPRINKLR_API_URL, and SPRINKLR_API_KEY in its environment, without the other secrets. Replaces secrets in the command's output with ***, and forwards signals to it. Exit code: the command's own, 128+n if signal n ended it, 126 if it is not executable, 127 if it is not found."
  ).usage("[options] -- COMMAND [ARGUMENT\u2026]").argument("<command...>", "the command and its arguments, run without a shell").passThroughOptions();
  addValueFlags(command, TOKEN_INPUTS);
  return command.addHelpText(
    "before",
    `Example:
  sprinklr-token exec -- sh -c \\
    'curl --fail -H "Authorization: Bearer $SPRINKLR_ACCESS_TOKEN" -H "Key: $SPRINKLR_API_KEY" "$SPRINKLR_API_URL/api/v2/me"'
`
  ).addHelpText(
    "after",
    `
The command's output is a pipe, not a terminal. If a background process keeps it open after the command exits, exec
reads it for one more second.`
  ).action((words, options) => exec2(words, options, io2));
}
async function exec2([name = "", ...args], options, io2) {
  const { secrets, forms } = collectMasks();
  const context = createContext(io2, secrets);
  const request = await readTokenRequest(options, context, io2);
  const path = findCommand(name, {
    env: io2.env,
    cwd: io2.cwd,
    platform: process.platform,
    show: (text3) => sanitize(text3, secrets)
  });
  const result = await requestToken(request, context, io2);
  const env = { ...withoutSecrets(io2.env), ...tokenVariables(result, request.app.apiKey) };
  io2.exitCode = await runCommand({ path, name, args, env, masks: forms }, io2);
}

// src/cli/keygen.ts
var import_node_path11 = require("node:path");

// src/cli/keygen/instructions.ts
var import_node_path9 = require("node:path");

// src/cli/quoting.ts
var import_node_path8 = require("node:path");
function quoteForBash(word) {
  const path = import_node_path8.sep === "\\" ? word.replaceAll(import_node_path8.sep, "/") : word;
  return /^[\w./:@-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
function quoteForPowerShell(word) {
  return /^(--)?[\w]+(\/\w+)*$/.test(word) ? word : `'${word.replace(/['‘’‚‛]/g, "$&$&")}'`;
}
function quoteForShell(word, platform = process.platform) {
  return platform === "win32" ? quoteForPowerShell(word) : quoteForBash(word);
}

// src/cli/keygen/instructions.ts
var SECRET = "SPRINKLR_PRIVATE_KEY";
var VARIABLE = "SPRINKLR_CERTIFICATE";
function storeCommands(folder, repository) {
  const flags = repository === void 0 ? ["--repo", "OWNER/REPO"] : ghFlags(repository);
  const der = (0, import_node_path9.join)(folder, "server.der");
  const certificate = (0, import_node_path9.join)(folder, "server.crt");
  const bash = flags.map(quoteForBash).join(" ");
  const powershell = flags.map(quoteForPowerShell).join(" ");
  return [
    "To store the key and the certificate with gh in bash:",
    `  base64 < ${quoteForBash(der)} | gh secret set ${SECRET} ${bash}`,
    `  gh variable set ${VARIABLE} ${bash} < ${quoteForBash(certificate)}`,
    "In PowerShell:",
    `  [Convert]::ToBase64String([IO.File]::ReadAllBytes(${quoteForPowerShell(der)})) | gh secret set ${SECRET} ${powershell}`,
    `  Get-Content -Raw -LiteralPath ${quoteForPowerShell(certificate)} | gh variable set ${VARIABLE} ${powershell}`
  ];
}
function deleteCommands(folder) {
  const keys = ["server.key", "server.der"].map((name) => (0, import_node_path9.join)(folder, name));
  return [
    "Delete the key files after you store the key: anyone who has them can get tokens. GitHub never shows a secret again.",
    "If you want a copy, put server.key in a password manager first.",
    `  bash:        rm ${keys.map(quoteForBash).join(" ")}`,
    `  PowerShell:  Remove-Item -LiteralPath ${keys.map(quoteForPowerShell).join(", ")}`
  ];
}

// src/cli/work-tree.ts
var import_node_child_process6 = require("node:child_process");
var import_node_fs8 = require("node:fs");
var import_node_path10 = require("node:path");
function requireIgnored(folder, names, io2) {
  const target = realFolder(folder);
  const tree = workTreeOf(target);
  if (tree === void 0) return;
  const exposed = names.filter((name) => !isIgnored(tree, (0, import_node_path10.join)(target, name), io2));
  if (exposed.length === 0) return;
  throw new CliError(
    `${folder} is in the git work tree ${tree}, which does not ignore ${exposed.join(" and ")}. A committed key is a leaked key.`,
    `Choose a folder outside the work tree, or add ${exposed.join(" and ")} to .gitignore. --force does not change this.`
  );
}
function realFolder(folder) {
  return (0, import_node_fs8.existsSync)(folder) ? (0, import_node_fs8.realpathSync)(folder) : (0, import_node_path10.join)((0, import_node_fs8.realpathSync)((0, import_node_path10.dirname)(folder)), (0, import_node_path10.basename)(folder));
}
function workTreeOf(folder) {
  if ((0, import_node_fs8.existsSync)((0, import_node_path10.join)(folder, ".git"))) return folder;
  const parent = (0, import_node_path10.dirname)(folder);
  return parent === folder ? void 0 : workTreeOf(parent);
}
function isIgnored(tree, path, io2) {
  const env = {
    ...withoutSecrets(io2.env),
    GIT_DIR: void 0,
    GIT_WORK_TREE: void 0,
    GIT_INDEX_FILE: void 0
  };
  const args = ["-C", tree, "-c", "core.fsmonitor=false", "check-ignore", "--quiet", "--", path];
  return (0, import_node_child_process6.spawnSync)("git", args, { env, stdio: "ignore" }).status === 0;
}

// src/cli/keygen.ts
var KEY_FILES = ["server.key", "server.der"];
var ALL_FILES = [...KEY_FILES, "server.csr", "server.crt"];
function addKeygen(program2, io2) {
  return program2.command("keygen").summary("create a key and a certificate, and store them in GitHub").description(
    "Creates what step 3 of Sprinklr's guide creates, without openssl: a private key (server.key, and server.der for the secret), a certificate request (server.csr), and a self-signed certificate (server.crt)."
  ).option("--common-name <text>", "the certificate's common name; without it, keygen asks").option("--organization <text>", "organization").option("--organizational-unit <text>", "organizational unit").option("--country <code>", "country, two letters").option("--state <text>", "state or province").option("--locality <text>", "city").option("--email <address>", "email address").addOption(
    integerOption("days", "days until the certificate expires", { min: 1, max: 3650, default: 365 })
  ).addOption(
    new Option("--bits <number>", "length of the key").choices(["2048", "3072", "4096"]).default("2048", "2048")
  ).option(
    "--folder <dir>",
    "folder for the files (default: the current folder). In a git work tree, git must ignore the key files"
  ).option("--force", "replace existing files and, with --secrets-to, the stored secret and variable").option(
    "--secrets-to <OWNER/REPO>",
    `store the key as the secret ${SECRET} and the certificate as the variable ${VARIABLE}, with the GitHub CLI (gh)`
  ).option("--env <name>", "with --secrets-to: store them in this environment of the repository").option("--no-files", "with --secrets-to: keep no files, and print the certificate").addHelpText(
    "before",
    `Examples:
  sprinklr-token keygen --common-name sprinklr-ci --folder ../sprinklr-key
  sprinklr-token keygen --common-name sprinklr-ci --secrets-to OWNER/REPO --no-files > server.crt
`
  ).action((options) => keygen(options, io2));
}
async function keygen(options, io2) {
  const repository = parseTarget(options);
  const folder = parseFolder(options, repository, io2);
  const replace = options.force === true;
  requireName(options, io2);
  if (folder !== void 0) {
    checkFolder(folder, ALL_FILES, { replace });
    requireIgnored(folder, KEY_FILES, io2);
  }
  if (repository !== void 0) await requireStorable(io2, repository, { replace });
  const subject = await askSubject(subjectOf3(options), io2);
  progress(io2, `Generating a ${options.bits}-bit key`);
  const material = await generateKeyMaterial({
    subject,
    days: options.days,
    bits: Number(options.bits),
    now: io2.now()
  });
  if (folder !== void 0) await writeFiles(folder, filesOf(material), { replace, io: io2 });
  note(
    io2,
    `Created an RSA key (${options.bits} bits) and a self-signed certificate for ${subject.commonName}.`,
    `  fingerprint  ${material.fingerprint} (SHA-256)`,
    `  expires      ${material.expiresAt.toISOString()}`,
    ...folder === void 0 ? [] : describeFiles(folder),
    ""
  );
  if (repository !== void 0) {
    await storeMaterial(io2, material, { repository, folder });
    note(
      io2,
      `Stored in ${describeRepository(repository)}: the secret ${SECRET} and the variable ${VARIABLE}.`
    );
  }
  if (folder === void 0) {
    note(io2, "No copy of the key was kept, and GitHub never shows a secret again.");
    print(io2, material.certificatePem.trimEnd());
  } else {
    if (repository === void 0) note(io2, ...storeCommands(folder));
    note(io2, "", ...deleteCommands(folder));
  }
  note(
    io2,
    "",
    'Next step: register the certificate with "sprinklr-token register". Add --dispatch to register it in a workflow.'
  );
}
function parseTarget({ secretsTo, env }) {
  if (secretsTo === void 0) {
    if (env === void 0) return void 0;
    throw usageError("--env requires --secrets-to.", "Add --secrets-to OWNER/REPO.");
  }
  if (env?.trim() === "")
    throw usageError("--env is empty.", "Pass the name of an environment of the repository.");
  return { ...parseRepository(secretsTo, "--secrets-to"), environment: env?.trim() };
}
function parseFolder(options, repository, io2) {
  if (options.files) return (0, import_node_path11.resolve)(io2.cwd, options.folder ?? "");
  if (repository === void 0)
    throw usageError(
      "--no-files requires --secrets-to. Otherwise the key would be lost.",
      "Add --secrets-to OWNER/REPO."
    );
  if (options.folder !== void 0)
    throw usageError("--no-files and --folder contradict each other.", "Omit one of them.");
  return void 0;
}
function requireName({ commonName = "" }, io2) {
  if (commonName.trim() !== "" || isInteractive(io2)) return;
  throw usageError(
    "--common-name is missing, and there is no terminal to ask on.",
    "Pass a name for the certificate, such as --common-name sprinklr-ci."
  );
}
function subjectOf3(options) {
  const trim = (text3 = "") => text3.trim();
  return {
    commonName: trim(options.commonName),
    organization: trim(options.organization),
    organizationalUnit: trim(options.organizationalUnit),
    country: trim(options.country),
    state: trim(options.state),
    locality: trim(options.locality),
    emailAddress: trim(options.email)
  };
}
async function askSubject(given, io2) {
  if (given.commonName !== "") return given;
  const commonName = await ask(io2, {
    message: "Common name of the certificate",
    placeholder: "sprinklr-ci",
    validate: (answer) => answer === "" ? "Enter a name." : void 0
  });
  const { organization = "", country = "" } = given;
  return {
    ...given,
    commonName,
    organization: organization === "" ? await ask(io2, { message: "Organization (Enter for none)" }) : organization,
    country: country === "" ? await ask(io2, {
      message: "Country, two letters (Enter for none)",
      validate: (answer) => /^([a-z]{2})?$/i.test(answer) ? void 0 : "Enter two letters, such as US, or nothing."
    }) : country
  };
}
function filesOf(material) {
  return [
    { name: "server.csr", content: material.certificateRequestPem, secret: false },
    { name: "server.crt", content: material.certificatePem, secret: false },
    { name: "server.key", content: material.privateKeyPem, secret: true },
    { name: "server.der", content: material.privateKeyDer, secret: true }
  ];
}
function describeFiles(folder) {
  return [
    `  folder       ${folder}`,
    "  server.key   the private key",
    "  server.der   the same key; its base64 goes into the secret",
    "  server.csr   the certificate request; no longer needed",
    "  server.crt   the certificate to register; public"
  ];
}
async function requireStorable(io2, repository, { replace }) {
  await requireGh(io2, repository.host);
  for (const [kind, name] of [
    ["secret", SECRET],
    ["variable", VARIABLE]
  ]) {
    const list = await gh(io2, [kind, "list", ...ghFlags(repository)]);
    if (replace || !list.split("\n").some((line2) => line2.split(/\s/)[0] === name)) continue;
    throw new CliError(
      `${describeRepository(repository)} already has the ${kind} ${name}.`,
      "If you replace it, jobs fail until the new certificate is registered. Store the new pair in another environment (--env NAME), or add --force."
    );
  }
}
async function storeMaterial(io2, { privateKeyDer, certificatePem }, { repository, folder }) {
  const target = describeRepository(repository);
  const flags = ghFlags(repository);
  const byHand = folder === void 0 ? void 0 : ["The files are complete.", ...storeCommands(folder, repository)].join("\n");
  try {
    progress(io2, `Storing the key in ${target}`);
    await gh(io2, ["secret", "set", SECRET, ...flags], { input: privateKeyDer.toString("base64") });
  } catch (error) {
    throw new CliError(
      `Cannot store ${SECRET} in ${target}. ${error.message}`,
      byHand ?? "Nothing was kept. Run the command again to create a new key.",
      { cause: error }
    );
  }
  try {
    progress(io2, `Storing the certificate in ${target}`);
    await gh(io2, ["variable", "set", VARIABLE, ...flags], { input: certificatePem });
  } catch (error) {
    if (folder === void 0) print(io2, certificatePem.trimEnd());
    throw new CliError(
      `${SECRET} is stored in ${target}, but ${VARIABLE} is not. ${error.message}`,
      byHand ?? "Save the certificate from standard output, and store it yourself.",
      { cause: error }
    );
  }
}

// src/cli/setup.ts
var import_node_path16 = require("node:path");

// src/cli/setup/collect.ts
var import_node_fs11 = require("node:fs");
var import_node_path14 = require("node:path");

// src/cli/setup/files.ts
var import_promises6 = require("node:fs/promises");
var import_node_fs10 = require("node:fs");
var import_node_path13 = require("node:path");

// src/cli/setup/store.ts
var import_node_crypto13 = require("node:crypto");

// src/cli/setup/github.ts
var import_node_child_process7 = require("node:child_process");
var PAGE_SIZE = 30;
async function inspectRepository(repository, { rotate = false }, io2) {
  await requireGh(io2, repository.host).catch((error) => {
    if (!(error instanceof CliError) || rotate) throw error;
    throw new CliError(error.message, `${error.remedy} Without gh, use --files DIR.`, { cause: error });
  });
  const isEnvironmentMissing = !await hasEnvironment(repository, io2);
  if (isEnvironmentMissing) {
    await requireSecretAccess({ ...repository, environment: void 0 }, io2);
    await requireVariableCommand({ ...repository, environment: void 0 }, io2);
    await requireAdmin(repository, io2);
    return { isEnvironmentMissing, variables: /* @__PURE__ */ new Map() };
  }
  await requireSecretAccess(repository, io2);
  await requireVariableCommand(repository, io2);
  return { isEnvironmentMissing, variables: await readVariables(repository, io2) };
}
async function createEnvironment(repository, io2) {
  await gh(io2, ["api", environmentPath(repository), "--method", "PUT", ...hostFlags(repository)]);
}
async function hasEnvironment(repository, io2) {
  if (repository.environment === void 0) return true;
  try {
    await callApi2(repository, environmentPath(repository), io2);
    return true;
  } catch (error) {
    if (error instanceof CliError && /\bHTTP 404\b/.test(error.message)) return false;
    throw error;
  }
}
async function requireSecretAccess(repository, io2) {
  try {
    await callApi2(repository, `${scopeOf(repository)}/secrets/public-key`, io2);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(
      `Cannot access the secrets of ${describeRepository(repository)}. ${error.message}`,
      'Check --repo and --env, and that "gh auth status" shows an account that can write to the repository.',
      { cause: error }
    );
  }
}
async function requireVariableCommand(repository, io2) {
  try {
    await gh(io2, ["variable", "list", ...ghFlags(repository)]);
  } catch (error) {
    if (!(error instanceof CliError && error.message.includes("unknown command"))) throw error;
    throw new CliError(
      "This version of gh cannot store variables.",
      "Update gh from https://cli.github.com, then run the command again.",
      { cause: error }
    );
  }
}
async function requireAdmin(repository, io2) {
  const { permissions } = parseObject(await callApi2(repository, repositoryPath(repository), io2));
  if (permissions?.admin !== false) return;
  throw new CliError(
    `The environment ${repository.environment ?? ""} of ${repository.name} does not exist, and only an admin of the repository can create it.`,
    "Ask an admin to create it, or omit --env."
  );
}
async function readVariables(repository, io2) {
  const found = /* @__PURE__ */ new Map();
  for (let page3 = 1; ; page3++) {
    const path = `${scopeOf(repository)}/variables?per_page=${PAGE_SIZE}&page=${page3}`;
    const { variables } = parseObject(await callApi2(repository, path, io2));
    if (!Array.isArray(variables))
      throw new CliError(
        `Cannot read the variables of ${describeRepository(repository)}: unexpected output from gh.`,
        `Check what this command prints: gh api "${path}"`
      );
    const list = variables;
    for (const { name, value } of list)
      if (typeof name === "string" && typeof value === "string") found.set(name, value);
    if (list.length < PAGE_SIZE) return found;
  }
}
async function callApi2(repository, path, io2) {
  return await gh(io2, ["api", path, ...hostFlags(repository)]);
}
function hostFlags({ host }) {
  return host === void 0 ? [] : ["--hostname", host];
}
function repositoryPath({ name }) {
  return `repos/${name.split("/").slice(-2).join("/")}`;
}
function environmentPath(repository) {
  return `${repositoryPath(repository)}/environments/${encodeURIComponent(repository.environment ?? "")}`;
}
function scopeOf(repository) {
  return repository.environment === void 0 ? `${repositoryPath(repository)}/actions` : environmentPath(repository);
}
function parseObject(text3) {
  try {
    const json = JSON.parse(text3);
    return typeof json === "object" && json !== null ? json : {};
  } catch {
    return {};
  }
}
function remoteRepositories({ cwd, env }) {
  const args = ["-C", cwd, "config", "--get-regexp", String.raw`^remote\..*\.url$`];
  const { stdout: stdout2 } = (0, import_node_child_process7.spawnSync)("git", args, {
    env: withoutSecrets(env),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"]
  });
  const lines = (stdout2 ?? "").split("\n");
  const isOrigin = (line2) => line2.startsWith("remote.origin.url ");
  return [...lines.filter(isOrigin), ...lines.filter((line2) => !isOrigin(line2))].map(
    (line2) => repositoryOfUrl(line2.slice(line2.indexOf(" ") + 1))
  );
}
function repositoryOfUrl(url) {
  const [, host = "", path = ""] = /^(?:(?:https?|ssh|git):\/\/)?(?:[^@/]*@)?([a-z0-9.-]+)(?::\d+)?[/:]([\w-]+\/[\w.-]+?)(?:\.git)?\/?$/i.exec(
    url.trim()
  ) ?? [];
  if (/^(ssh\.|www\.)?github\.com$/i.test(host)) return path;
  return host.includes(".") ? `${host}/${path}` : void 0;
}

// src/cli/setup/saved-set.ts
var import_node_fs9 = require("node:fs");
var import_promises5 = require("node:fs/promises");
var import_node_os5 = require("node:os");
var import_node_path12 = require("node:path");
function repositoryOf(target) {
  const { name, host } = parseRepository(target.repository, "--repo");
  return { name, host, environment: target.environment };
}
var KEY = "server.key";
var CERTIFICATE = "server.crt";
var STATE = "setup.json";
var SavedSet = class _SavedSet {
  folder;
  privateKeyPem;
  certificatePem;
  #state;
  #savedAppId;
  constructor(folder, files) {
    this.folder = folder;
    this.privateKeyPem = files.key;
    this.certificatePem = files.certificate;
    this.#state = files.state;
    this.#savedAppId = files.state.appId;
  }
  get state() {
    return this.#state;
  }
  /** Whether `--resume` knows the App ID. */
  get isAppIdSaved() {
    return this.#savedAppId === this.#state.appId;
  }
  /** Saves a new set to a new folder. @throws {CliError} if no private folder can be created */
  static async create(material, state, io2) {
    const { privateKeyPem: key, certificatePem: certificate } = material;
    const folder = createPrivateFolder(io2);
    const files = [
      { name: KEY, content: key, secret: true },
      { name: CERTIFICATE, content: certificate, secret: true },
      { name: STATE, content: toJson2(state), secret: true }
    ];
    try {
      await writeFiles(folder, files, { replace: false, io: io2 });
    } catch (error) {
      await (0, import_promises5.rmdir)(folder).catch(() => void 0);
      throw error;
    }
    return new _SavedSet(folder, { key, certificate, state });
  }
  /** Reads a set that an earlier run saved. @throws {CliError} if the folder contains none, or is not private */
  static load(folder) {
    requirePrivate(folder);
    try {
      const read = (name) => (0, import_node_fs9.readFileSync)((0, import_node_path12.join)(folder, name), "utf8");
      const state = parseState(JSON.parse(read(STATE)));
      return new _SavedSet(folder, { key: read(KEY), certificate: read(CERTIFICATE), state });
    } catch (error) {
      throw usageError(
        `${folder} does not contain an unfinished run of setup.`,
        "Pass the folder that setup printed, or omit --resume to start over.",
        error
      );
    }
  }
  async update(changes, io2) {
    const state = { ...this.#state, ...changes };
    if (changes.registration !== "unknown") this.#state = state;
    const file = { name: STATE, content: toJson2(state), secret: true };
    try {
      await writeFiles(this.folder, [file], { replace: true, io: io2 });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      throw new CliError(error.message, "Fix this, then continue with the command below.", { cause: error });
    }
    this.#state = state;
    this.#savedAppId = state.appId;
  }
  /** Deletes the files of the set, and the folder. */
  async delete() {
    for (const name of [KEY, CERTIFICATE, STATE]) await (0, import_promises5.rm)((0, import_node_path12.join)(this.folder, name), { force: true });
    await (0, import_promises5.rmdir)(this.folder);
  }
};
function requirePrivate(folder) {
  const stats = (0, import_node_fs9.statSync)(folder, { throwIfNoEntry: false });
  const user = process.getuid?.();
  if (stats === void 0 || user === void 0) return;
  if (stats.uid === user && (stats.mode & 18) === 0) return;
  throw usageError(
    `Other users can change ${folder}, so setup does not trust it.`,
    "Run the command as the user who ran setup, or omit --resume to start over."
  );
}
function toJson2(state) {
  return `${JSON.stringify(state, null, 2)}
`;
}
function parseState(json) {
  const state = json;
  const { target } = state;
  const isText = (value) => typeof value === "string" && value !== "";
  const isComplete = Object.values(state.values).every(isText) && (target.kind === "github" ? isText(target.repository) : isText(target.folder)) && ["none", "unknown", "done"].includes(state.registration) && state.registration === "done" === isText(state.appId) && state.stored.every(isText);
  if (!isComplete) throw new Error("incomplete");
  return state;
}
function stateFolder({ platform, env }) {
  if (platform === "win32") {
    const { LOCALAPPDATA: local } = env;
    return local ? import_node_path12.win32.join(local, "sprinklr-token") : void 0;
  }
  const { XDG_STATE_HOME: state, HOME: home = (0, import_node_os5.homedir)() } = env;
  if (state && import_node_path12.posix.isAbsolute(state)) return import_node_path12.posix.join(state, "sprinklr-token");
  return home ? import_node_path12.posix.join(home, ".local", "state", "sprinklr-token") : void 0;
}
function foldersIn(parent) {
  if (parent === void 0) return [];
  try {
    return (0, import_node_fs9.readdirSync)(parent).map((name) => (0, import_node_path12.join)(parent, name));
  } catch {
    return [];
  }
}
function findUnfinished({ env }) {
  const parent = stateFolder({ platform: process.platform, env });
  const [newest] = foldersIn(parent).flatMap((folder2) => {
    try {
      const changed2 = (0, import_node_fs9.statSync)((0, import_node_path12.join)(folder2, STATE)).mtime;
      return [{ folder: folder2, changed: changed2, state: SavedSet.load(folder2).state }];
    } catch {
      return [];
    }
  }).sort((a2, b) => b.changed.getTime() - a2.changed.getTime());
  if (newest === void 0) return void 0;
  const { folder, changed, state } = newest;
  return { folder, date: changed.toISOString().slice(0, 10), isUnknown: state.registration === "unknown" };
}
function createPrivateFolder({ env }) {
  const folders = [stateFolder({ platform: process.platform, env }), (0, import_node_os5.tmpdir)()];
  let failure;
  for (const folder of folders) {
    if (folder === void 0) continue;
    try {
      (0, import_node_fs9.mkdirSync)(folder, { recursive: true, mode: 448 });
      const real = (0, import_node_fs9.realpathSync)(folder);
      if (workTreeOf(real) === void 0) return (0, import_node_fs9.mkdtempSync)((0, import_node_path12.join)(real, "setup-"));
    } catch (error) {
      failure = error;
    }
  }
  throw new CliError(
    `Cannot create a private folder: ${systemErrorReason(failure) ?? "every candidate is in a git work tree"}.`,
    "Set XDG_STATE_HOME to a folder outside any git work tree, and run the command again.",
    { cause: failure }
  );
}

// src/cli/setup/session.ts
var STEPS = [
  "Collect the values",
  "Generate the key and the certificate",
  "Get your consent",
  "Register the certificate",
  "Request a token and show whose it is",
  "Store everything",
  "Write the workflow"
];
function announce(step, session) {
  const { io: io2, progress: progress2 } = session;
  const steps = STEPS.filter(
    (each) => progress2.skipped?.includes(each) !== true && (each !== "Write the workflow" || writesWorkflow(session))
  );
  note(io2, "", paint("bold", `Step ${steps.indexOf(step) + 1} of ${steps.length}: ${step}`, io2.stderr));
}
function writesWorkflow({ options: { files, repo, workflow, rotate }, progress: progress2 }) {
  if (files !== void 0 || workflow === false) return false;
  const saved = progress2.set?.state.target;
  const target = progress2.target ?? (saved?.kind === "files" && repo !== void 0 ? void 0 : saved);
  if (target === void 0) return rotate !== true || workflow !== void 0;
  return target.kind === "github" && (workflow ?? target.workflow) !== void 0;
}
function succeed({ io: io2 }, text3, ...details) {
  note(io2, `${paint("green", "\u2713", io2.stderr)} ${text3}`, ...details.map((line2) => `  ${line2}`));
}
function warn({ io: io2 }, text3) {
  note(io2, `${paint("yellow", "Warning:", io2.stderr)} ${text3}`);
}
function asks({ options, io: io2 }) {
  return options.yes !== true && isInteractive(io2);
}

// src/cli/setup/values.ts
var SETUP_INPUTS = [
  "api-key",
  "api-secret",
  "redirect-uri",
  "environment",
  "username",
  "gateway",
  "base-url"
];
var QUESTIONS = [
  {
    name: "api-key",
    message: "API key",
    hint: "The API key is on your app's page in Sprinklr's developer portal (dev.sprinklr.com)."
  },
  { name: "api-secret", message: "API secret", hint: "The API secret is on the same page." },
  {
    name: "redirect-uri",
    message: "Callback URL",
    hint: "The callback URL is on the same page. Enter it exactly as shown, including any trailing slash.",
    placeholder: "https://www.example.com/callback"
  },
  {
    name: "environment",
    message: "Sprinklr environment (Enter for the default production environment)",
    hint: 'To find your environment, search the page source of the Sprinklr UI for "sentry-environment".',
    placeholder: "prod2"
  },
  {
    name: "username",
    message: "Username",
    hint: "The login username of the Sprinklr user that the tokens act as. The user needs the platform permission Generate Token, which a Sprinklr admin grants.",
    placeholder: "ci-bot@example.com"
  }
];
var ANSWER = "your answer";
function isRequired({ name }) {
  return definitionOf(name).requiredIn !== void 0;
}
async function completeValues(given, session) {
  const values = new Map(given);
  if (isInteractive(session.io)) {
    for (const question of QUESTIONS.filter(({ name }) => !values.has(name)))
      if (isRequired(question) || session.options.yes !== true)
        values.set(question.name, await askFor(question, values, session));
  } else {
    requireGiven(values, session);
  }
  requireValid(checksOf(values, session), session);
  return values;
}
async function askFor({ name, hint, canKeep, ...question }, values, session) {
  const { io: io2, interruption } = session;
  const prompt2 = isSecret(name) ? askSecret : ask;
  const toValue = (text3) => ({ text: text3, source: ANSWER, isFile: false, isBinary: false });
  const validate = (text3) => {
    if (canKeep && text3 === "") return void 0;
    const checks = checksOf(new Map(values).set(name, toValue(text3)), session);
    const error = checks.find((check) => check.name === name && check.status === "error");
    const found = error?.found.replace(` (from ${ANSWER})`, "").replace(` (${ANSWER} is set, but empty)`, "");
    const [fix = ""] = /^(?!Correct |Pass ).+?\.(?= |$)/.exec(error?.remedy ?? "") ?? [];
    return found === void 0 ? void 0 : `${found} ${fix}`.trim();
  };
  note(io2, "", hint);
  return toValue(await interruption.abandon(() => prompt2(io2, { ...question, validate })));
}
async function correctApiSecret(values, session) {
  const value = await askFor(
    {
      name: "api-secret",
      message: "API secret (Enter to keep the earlier one)",
      hint: "If the API secret could be wrong, copy it again from your app's page.",
      canKeep: true
    },
    values,
    session
  );
  if (value.text !== "") values.set("api-secret", value);
}
function requireGiven(given, { options }) {
  const names = QUESTIONS.filter(isRequired).map(({ name }) => name).filter((name) => given?.has(name) === false);
  const missing2 = [...names, ...options.yes === true ? [] : ["--yes"]];
  if (missing2.length === 0) return;
  const pass = names.length === 0 ? "" : `Pass ${names.map(whereToSet).join(", ")}. `;
  const agree2 = "Add --yes if you agree to invalidate the API key's current token.";
  throw usageError(
    `Missing: ${missing2.join(", ")}. There is no terminal to ask on.`,
    `${pass}${options.yes === true ? "" : agree2}`.trim()
  );
}
function withInputs(read, added) {
  return (name) => added[name] ?? read(name);
}
function publicValues(values) {
  const read = rawReader({ given: values, unreadable: /* @__PURE__ */ new Map() });
  const optional2 = (name) => read(name) === "" ? {} : { [name]: read(name) };
  return {
    username: read("username"),
    "redirect-uri": read("redirect-uri"),
    environment: parseInput("environment", read) || "prod",
    ...optional2("gateway"),
    ...optional2("base-url")
  };
}
function checksOf(values, { io: io2 }) {
  const secrets = createSecrets(() => void 0);
  for (const [name, { text: text3 }] of values) if (isSecret(name)) secrets.mask(text3.trim());
  const all = { given: values, unreadable: /* @__PURE__ */ new Map() };
  const context = createDoctorContext(all, secrets, io2);
  const inputs = checkInputs(context).filter(({ name }) => SETUP_INPUTS.some((input) => input === name));
  const callback = values.get("redirect-uri")?.text ?? "";
  return [
    ...inputs.map((check) => check.name === "redirect-uri" && callback.includes("#") ? FRAGMENT : check),
    ...checkMachine({ certificate: void 0, gateway: readGateway(context) }, context)
  ];
}
var FRAGMENT = {
  name: "redirect-uri",
  status: "error",
  found: "Contains a #, which OAuth forbids.",
  remedy: "Use exactly the app's callback URL."
};
function requireValid(checks, session) {
  const describe = ({ name, found }) => `${name}: ${found}`;
  const errors = checks.filter(({ status }) => status === "error");
  if (errors.length > 0) {
    const remedies = new Set(errors.map(({ remedy = "" }) => remedy).filter((text3) => text3 !== ""));
    throw usageError(errors.map(describe).join("\n"), [...remedies].join("\n"));
  }
  for (const check of checks.filter(({ status }) => status === "warning"))
    warn(session, [describe(check), check.remedy ?? ""].join(" ").trim());
}

// src/cli/setup/store.ts
var SEAL_KEY = "SPRINKLR_SEAL_KEY";
async function store(set, { read, plan }, session) {
  const { io: io2, context, interruption, progress: progress2 } = session;
  const { secrets } = context;
  const repository = repositoryOf(plan.target);
  const where = describeRepository(repository);
  const entries = entriesOf(set, read, plan);
  const names = entries.map(({ name }) => name);
  progress2.remaining = names;
  if (plan.github?.isEnvironmentMissing === true) {
    await createEnvironment(repository, io2);
    succeed(session, `Created the environment ${repository.environment ?? ""}.`);
  }
  for (const [index, { kind, name, value }] of entries.entries()) {
    interruption.check();
    if (kind === "secret") secrets.mask(value);
    progress(io2, `Storing ${name}`);
    try {
      await gh(io2, [kind, "set", name, ...ghFlags(repository)], { input: value });
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      const problem = `Cannot store ${name} in ${where}. ${sanitize(error.message, secrets)}`;
      throw new CliError(problem, "Fix this, then continue with the command below.");
    }
    progress2.remaining = names.slice(index + 1);
    await set.update({ stored: [.../* @__PURE__ */ new Set([...set.state.stored, name])] }, io2);
  }
  const list = (kind) => entries.flatMap((entry) => entry.kind === kind ? [entry.name] : []).join(", ");
  succeed(
    session,
    `Stored in ${where}.`,
    `secrets    ${list("secret")}`,
    `variables  ${list("variable")}`,
    `${SEAL_KEY} is a random key. With it, a job can pass its token to other jobs, encrypted.`
  );
  await deleteFolder(set, session);
}
function entriesOf(set, read, { values }) {
  const key = (0, import_node_crypto13.createPrivateKey)(set.privateKeyPem).export({ type: "pkcs8", format: "der" });
  const secret = (name, value) => ({
    kind: "secret",
    name: variableOf(name),
    value
  });
  const variable2 = (name, value) => ({
    kind: "variable",
    name: variableOf(name),
    value
  });
  return [
    secret("private-key", key.toString("base64")),
    secret("api-key", read("api-key")),
    secret("api-secret", read("api-secret")),
    { kind: "secret", name: SEAL_KEY, value: (0, import_node_crypto13.randomBytes)(32).toString("base64") },
    variable2("certificate", set.certificatePem),
    ...Object.entries(publicValues(values)).map(([name, value]) => variable2(name, value)),
    variable2("app-id", set.state.appId ?? "")
  ];
}
async function deleteFolder(set, session) {
  try {
    await set.delete();
  } catch {
    warn(
      session,
      `Everything is stored, but ${set.folder} could not be deleted. Delete it yourself: it can contain the private key.`
    );
    return;
  }
  session.progress.isFolderDeleted = true;
  succeed(session, `Deleted ${set.folder}.`);
}

// src/cli/setup/files.ts
function checkNewFolder(folder) {
  checkFolder(folder, [], { replace: false });
  if ((0, import_node_fs10.existsSync)(folder) && (0, import_node_fs10.readdirSync)(folder).length > 0)
    throw usageError(
      `${folder} is not an empty folder. setup never replaces files.`,
      "Pass a folder that is new or empty: --files DIR."
    );
}
async function writeSetFiles(set, { values, folder }, session) {
  const { io: io2, progress: progress2 } = session;
  const all = { values, folder, appId: set.state.appId ?? "" };
  const files = [
    // First: git must not see a key, not even for a moment.
    { name: ".gitignore", content: "*\n", secret: true },
    { name: "server.key", content: set.privateKeyPem, secret: true },
    { name: "server.crt", content: set.certificatePem, secret: true },
    { name: ".env", content: environmentFile(all), secret: true }
  ];
  try {
    checkNewFolder(folder);
    await writeFiles(folder, files, { replace: false, io: io2 });
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const { message: message2, exitCode } = error;
    const remedy = "Fix this, or use another folder: add --files OTHER to the command below.";
    throw new CliError(message2, remedy, { exitCode, cause: error });
  }
  await (0, import_promises6.chmod)(folder, 448);
  progress2.files = files.map(({ name }) => (0, import_node_path13.join)(folder, name));
  succeed(
    session,
    `Wrote ${folder}. Only you can read it, and git ignores it.`,
    "server.key  the private key",
    "server.crt  the certificate",
    ".env        the variables of the command line, for your shell"
  );
  await deleteFolder(set, session);
  note(io2, "", ...variableInstructions(all));
}
function checkEnvironmentFile(values, folder) {
  environmentFile({ values, folder, appId: "" });
}
function variablesOf({ values, folder, appId }) {
  const text3 = (name) => values.get(name)?.text.trim() ?? "";
  return {
    SPRINKLR_PRIVATE_KEY_FILE: (0, import_node_path13.join)(folder, "server.key"),
    SPRINKLR_CERTIFICATE_FILE: (0, import_node_path13.join)(folder, "server.crt"),
    SPRINKLR_APP_ID: appId,
    ...publicVariables(values),
    SPRINKLR_API_KEY: text3("api-key"),
    SPRINKLR_API_SECRET: text3("api-secret")
  };
}
function publicVariables(values) {
  return Object.fromEntries(
    Object.entries(publicValues(values)).map(([name, value]) => [variableOf(name), value])
  );
}
function environmentFile(set) {
  const lines = Object.entries(variablesOf(set)).map(([name, value]) => {
    const line2 = formatVariable(name, value);
    if (line2 !== void 0) return line2;
    throw usageError(
      `The value of ${name} contains quotes or backslashes that no dotenv parser can read.`,
      "Omit --files, or use a value without quotes and backslashes."
    );
  });
  return lines.join("");
}
function variableInstructions({ values, folder, appId }) {
  const lines = {
    SPRINKLR_APP_ID: appId,
    ...publicVariables(values),
    SPRINKLR_CERTIFICATE: `the content of ${(0, import_node_path13.join)(folder, "server.crt")}`,
    SPRINKLR_API_KEY: "the API key (secret)",
    SPRINKLR_API_SECRET: "the API secret (secret)",
    SPRINKLR_PRIVATE_KEY_FILE: `a file with the content of ${(0, import_node_path13.join)(folder, "server.key")} (secret)`
  };
  return [
    "Create these variables in your CI system:",
    "",
    ...Object.entries(lines).map(([name, value]) => `  ${name.padEnd(26)} ${value}`),
    "",
    "GitLab: in Settings > CI/CD > Variables. API key and secret: masked and hidden. The key: type File, protected.",
    "Jenkins: store the API key and secret as Secret text credentials, and the key as a Secret file credential. Bind them with withCredentials.",
    "Azure Pipelines: API key and secret as secret variables, mapped with env. The key as a secure file (DownloadSecureFile@1).",
    "",
    `To load them in a POSIX shell: set -a; . ${quoteForBash((0, import_node_path13.join)(folder, ".env"))}; set +a`,
    "Then run your command with a token: npx @org/sprinklr-token@1 exec -- COMMAND"
  ];
}

// src/cli/setup/collect.ts
function defaultWorkflow(cwd) {
  return (0, import_node_path14.join)(workTreeOf((0, import_node_fs11.realpathSync)(cwd)) ?? cwd, ".github/workflows/sprinklr.yml");
}
async function collect(saved, session) {
  const { options, io: io2, progress: progress2 } = session;
  if (readsStandardInput(SETUP_INPUTS, options, io2)) {
    throw usageError(
      "Standard input is reserved for your answers or the redirect URL.",
      "Pass the values as flags, files, or variables."
    );
  }
  const read = await readValues(SETUP_INPUTS, options, io2);
  for (const error of read.unreadable.values()) throw error;
  const given = withoutEmpty(read.given);
  const hasOthers = options.rotate === true || saved !== void 0;
  if (!isInteractive(io2)) requireGiven(hasOthers ? void 0 : given, session);
  explain(saved?.state, session);
  if (saved === void 0) mentionUnfinished(session);
  const target = await chooseTarget(saved?.state.target, session);
  progress2.target = target;
  const repository = target.kind === "github" ? repositoryOf(target) : void 0;
  const github = repository && await inspect(repository, session);
  const previous = previousSet(github, { target, saved: saved?.state }, session);
  const variables = options.rotate === true ? github?.variables : void 0;
  const values = await completeValues(mergeValues(given, { saved: saved?.state, variables }), session);
  if (target.kind === "files") checkEnvironmentFile(values, target.folder);
  summarize2(values, target, session);
  await agree(session);
  return { values, target, previous, github };
}
function explain(saved, { options, io: io2 }) {
  const where = options.files === void 0 ? "in GitHub, with the GitHub CLI (gh)" : `in ${options.files}`;
  const what = saved !== void 0 ? ["Continues where the earlier run ended. A certificate that is registered is not registered again."] : options.rotate === true ? [
    "Replaces the key and the certificate: creates a new pair, registers it, and requests a token with it.",
    "GitHub keeps the old values until the new ones work."
  ] : [
    "Takes you from a Sprinklr developer app to the first token: creates a key and a certificate, asks for your consent",
    `in a browser, registers the certificate, requests a token, and then stores everything ${where}.`
  ];
  note(
    io2,
    ...what,
    "This invalidates the API key's current token: running jobs lose their token. To experiment, use a developer app of your own."
  );
}
function mentionUnfinished(session) {
  const found = findUnfinished(session.io);
  if (found === void 0) return;
  const { folder, date, isUnknown } = found;
  const resume = `--resume ${quoteForShell(folder)}`;
  const way = isUnknown ? `if Sprinklr support finds its App ID, use ${resume} --app-id APP_ID` : `use ${resume}`;
  warn(
    session,
    `A run of ${date} is unfinished, or is still running in another terminal: ${folder}. If it is not running: to continue it, ${way}. To discard it, delete the folder.`
  );
}
async function chooseTarget(saved, session) {
  const { options, io: io2 } = session;
  if (options.files !== void 0) {
    const folder = (0, import_node_path14.resolve)(io2.cwd, options.files);
    checkNewFolder(folder);
    return { kind: "files", folder };
  }
  const isGitHub = options.repo !== void 0 || saved?.kind !== "files";
  if (!isGitHub) return saved;
  const earlier = saved?.kind === "github" ? saved : void 0;
  const repository = await chooseRepository(earlier, session);
  const environment = options.env === void 0 ? earlier?.environment : parseEnvironmentName(options.env);
  const path = options.workflow ?? (options.rotate === true || earlier ? void 0 : defaultWorkflow(io2.cwd));
  const workflow = path === void 0 ? earlier?.workflow : path === false ? void 0 : (0, import_node_path14.resolve)(io2.cwd, path);
  return { kind: "github", repository, environment, workflow };
}
async function chooseRepository(saved, { options, io: io2, interruption }) {
  const found = options.repo ?? saved?.repository ?? remoteRepositories(io2)[0];
  if (found !== void 0) return parseRepository(found, "--repo").name;
  if (!isInteractive(io2)) {
    throw usageError(
      "Missing: repo. This folder has no GitHub remote, and there is no terminal to ask on.",
      "Pass --repo OWNER/REPO, or --files DIR to write files instead."
    );
  }
  note(io2, "", "The GitHub repository for the secrets and variables.");
  const validate = (text3) => {
    try {
      parseRepository(text3, "The repository");
      return void 0;
    } catch (error) {
      return error.message;
    }
  };
  const question = { message: "Repository", placeholder: "OWNER/REPO", validate };
  return parseRepository(await interruption.abandon(() => ask(io2, question)), "--repo").name;
}
function parseEnvironmentName(text3) {
  const name = text3.trim();
  if (new RegExp("^[^\\p{C}'\"`,;\\\\$]{1,255}$", "u").test(name)) return name;
  throw usageError(
    "--env is not the name of a GitHub environment.",
    "Pass the name of a GitHub environment, such as production. The Sprinklr environment is --environment."
  );
}
async function inspect(repository, session) {
  progress(session.io, "Checking gh");
  const state = await inspectRepository(repository, session.options, session.io);
  const missing2 = state.isEnvironmentMissing ? " The environment will be created." : "";
  succeed(session, `gh can store secrets and variables in ${describeRepository(repository)}.${missing2}`);
  return state;
}
function previousSet(github, { target, saved }, { options, context }) {
  if (github === void 0 || target.kind === "files") return saved?.previous;
  const where = describeRepository(repositoryOf(target));
  const found = github.variables.get(variableOf("app-id"));
  const appId = found === void 0 ? void 0 : sanitize(found, context.secrets);
  if (saved !== void 0) {
    if ([void 0, saved.appId, saved.previous?.appId].includes(appId)) return saved.previous;
    throw new CliError(
      `${where} is already set up, with the App ID ${appId ?? ""}.`,
      `To keep its values, store yours elsewhere (--repo, --env). To replace them, delete the variable ${variableOf("app-id")}.`
    );
  }
  if (appId === void 0) {
    if (options.rotate !== true) return void 0;
    throw new CliError(
      `${where} has no variable ${variableOf("app-id")}, so there is nothing to rotate.`,
      "Check --repo and --env, or omit --rotate."
    );
  }
  if (options.rotate === true)
    return { appId, fingerprint: fingerprintOf(github.variables.get(variableOf("certificate")) ?? "") };
  throw new CliError(
    `${where} is already set up, with the App ID ${appId}.`,
    "To replace its values, add --rotate. To keep them, store the new ones in another environment of the repository (--env NAME)."
  );
}
function fingerprintOf(certificate) {
  try {
    return parseCertificate(certificate, "certificate").fingerprint;
  } catch (error) {
    if (error instanceof ActionError) return void 0;
    throw error;
  }
}
function withoutEmpty(given) {
  return new Map([...given].filter(([name, { text: text3 }]) => text3.trim() !== "" || name === "environment"));
}
function mergeValues(given, others) {
  const merged = new Map(given);
  for (const name of SETUP_INPUTS) {
    const text3 = others.saved?.values[name] ?? others.variables?.get(variableOf(name));
    if (text3 === void 0 || merged.has(name)) continue;
    const source = others.saved === void 0 ? `the variable ${variableOf(name)}` : "the earlier run";
    merged.set(name, { text: text3, source, isFile: false, isBinary: false });
  }
  return merged;
}
function summarize2(values, target, session) {
  const lines = Object.entries(publicValues(values)).map(([name, text3]) => `${name.padEnd(13)} ${text3}`);
  const where = target.kind === "files" ? [`${"files".padEnd(13)} ${target.folder}`] : [
    `${"repository".padEnd(13)} ${describeRepository(repositoryOf(target))}`,
    ...target.workflow === void 0 ? [] : [`${"workflow".padEnd(13)} ${target.workflow}`]
  ];
  succeed(session, "The values pass all offline checks. Sprinklr checks them next.", ...lines, ...where);
  const baseUrl = values.get("base-url")?.text.trim();
  if (target.kind === "github" && baseUrl !== void 0 && isLoopback(new URL(baseUrl).hostname))
    warn(
      session,
      `base-url is on this computer: ${target.repository} would get simulated values. To try it out, use --files DIR.`
    );
}
async function agree(session) {
  if (session.options.yes === true) return;
  const { io: io2, interruption } = session;
  if (await interruption.abandon(() => confirm2(io2, "Start?"))) return;
  throw new CliError("Not started.", "Nothing was changed.");
}

// src/cli/setup/interruption.ts
var InterruptedError = class extends CliError {
  constructor() {
    super("Interrupted.", "Nothing was changed.");
  }
};
async function withInterruption(io2, run2) {
  const [first, second] = [new AbortController(), new AbortController()];
  const onSignal = () => {
    (first.signal.aborted ? second : first).abort();
  };
  const raceWith = async (signal, work) => {
    const running = work();
    running.catch(() => void 0);
    let onAbort;
    const interrupted = new Promise((_, reject) => {
      onAbort = () => {
        io2.abandonsWork = true;
        reject(new InterruptedError());
      };
      signal.addEventListener("abort", onAbort);
    });
    try {
      return await Promise.race([running, interrupted]);
    } finally {
      if (onAbort !== void 0) signal.removeEventListener("abort", onAbort);
    }
  };
  const check = () => {
    if (first.signal.aborted) throw new InterruptedError();
  };
  const interruption = {
    check,
    abandon: async (work) => {
      check();
      return await raceWith(first.signal, work);
    },
    finish: async (what, work) => {
      check();
      const onFirst = () => {
        note(io2, `Finishing ${what} first, so that its result is not lost. To stop now, press Ctrl-C again.`);
      };
      first.signal.addEventListener("abort", onFirst);
      try {
        return await raceWith(second.signal, work);
      } finally {
        first.signal.removeEventListener("abort", onFirst);
      }
    }
  };
  for (const signal of TERMINATION_SIGNALS) io2.signals.on(signal, onSignal);
  try {
    return await run2(interruption);
  } finally {
    for (const signal of TERMINATION_SIGNALS) io2.signals.off(signal, onSignal);
  }
}

// src/cli/setup/outcome.ts
function resumeCommand(folder, appId) {
  const flag2 = appId === void 0 ? "" : ` --app-id ${quoteForShell(appId)}`;
  return `npx @org/sprinklr-token@1 setup --resume ${quoteForShell(folder)}${flag2}`;
}
function toFailure(error, progress2) {
  const { set } = progress2;
  if (set === void 0) return error;
  const { problem, remedy, exitCode } = describeError(error);
  const isInterruption = error instanceof CanceledError || error instanceof InterruptedError;
  const lines = [
    // It says that nothing was changed.
    isInterruption ? "" : remedy,
    "",
    ...describeProgress(set, progress2),
    "",
    ...nextStep(set, progress2)
  ];
  return new CliError(problem, lines.join("\n").trim(), { exitCode, cause: error });
}
function describeProgress(set, progress2) {
  return [
    ...progress2.isFolderDeleted === true ? [] : [`On this computer: the key and the certificate, in ${set.folder}`],
    `At Sprinklr: ${describeRegistration(set)}`,
    ...progress2.target?.kind === "github" ? [describeStored(set, progress2)] : []
  ];
}
function describeRegistration({ state: { registration, appId = "" } }) {
  switch (registration) {
    case "none":
      return "no certificate was registered.";
    case "unknown":
      return "the certificate may have been registered. Its App ID is unknown.";
    case "done":
      return `the certificate is registered. App ID: ${appId}`;
  }
}
function describeStored({ state: { stored, previous } }, { target, remaining = [] }) {
  if (target?.kind !== "github") return "";
  const where = `In GitHub (${describeRepository(repositoryOf(target))}):`;
  const untouched = previous === void 0 ? "nothing was stored." : "nothing was replaced.";
  if (stored.length === 0) return `${where} ${untouched}`;
  return remaining.length === 0 ? `${where} everything is stored.` : `${where} stored ${stored.join(", ")}. Not stored, or still in progress: ${remaining.join(", ")}.`;
}
function nextStep({ folder, state, isAppIdSaved }, { isFolderDeleted }) {
  if (isFolderDeleted === true) return [];
  if (state.registration === "unknown") {
    return [
      "Sprinklr does not document what a second registration of the same certificate does. To start over with a new",
      "certificate, delete the folder and run setup again. If Sprinklr support finds the App ID, continue with it:",
      `  ${resumeCommand(folder, "APP_ID")}`
    ];
  }
  return [
    `To continue${state.registration === "done" ? " without registering again" : ""}:`,
    `  ${resumeCommand(folder, isAppIdSaved ? void 0 : state.appId)}`,
    "To change a value, add its flag, such as --redirect-uri URL."
  ];
}
function printOutcome({ error, progress: progress2 }, io2) {
  const { set, certificate, identity, target } = progress2;
  const result = {
    ...error === void 0 ? { ok: true } : errorAsJson(error),
    "app-id": set?.state.appId ?? null,
    "certificate-fingerprint": certificate?.fingerprint ?? null,
    "certificate-expires-at": certificate?.expiresAt.toISOString() ?? null,
    "user-id": identity?.userId ?? null,
    "workspace-id": identity?.workspaceId ?? null,
    "customer-id": identity?.customerId ?? null,
    repository: target?.kind === "github" ? target.repository : null,
    "github-environment": (target?.kind === "github" ? target.environment : void 0) ?? null,
    stored: set?.state.stored ?? [],
    workflow: progress2.workflow ?? null,
    files: progress2.files ?? [],
    folder: progress2.isFolderDeleted === true ? null : set?.folder ?? null
  };
  printJson(result, io2);
}

// src/cli/setup/prove.ts
async function prove(set, read, session) {
  const { io: io2, context, interruption, progress: progress2 } = session;
  const request = parseTokenRequest(read, { secrets: context.secrets, sealScope });
  progress2.certificate = request.certificate;
  progress(io2, "Requesting a token");
  const { accessToken, identity } = await interruption.abandon(
    () => token2({ ...request, verify: { allowedWorkspaceIds: [] } }, context)
  );
  if (set.state.registration === "unknown")
    await set.update({ registration: "done", appId: request.appId }, io2);
  if (identity === void 0) throw new Error("The identity was not checked.");
  progress2.identity = identity;
  const expiry = accessToken.expiresAt === void 0 ? "" : ` It expires at ${accessToken.expiresAt.toISOString()}.`;
  succeed(session, `Sprinklr issued an access token.${expiry}`, ...describeIdentity(identity));
  if (!asks(session)) return;
  if (await interruption.abandon(() => confirm2(io2, "Store everything for this user and workspace?"))) return;
  throw new CliError(
    "You declined, so nothing was stored.",
    `To continue with another user: ${resumeCommand(set.folder)} --username NAME
To start over, delete the folder and run setup again. Sprinklr has no API that deletes the registration.`
  );
}
function describeIdentity({ userId, name, email, type, workspaceId, customerId }) {
  const user = [name, email, type].filter((text3) => text3 !== void 0).join(", ");
  return [
    `user      ${userId}${user === "" ? "" : ` (${user})`}`,
    `workspace ${workspaceId}`,
    `customer  ${customerId}`
  ];
}

// src/cli/setup/register.ts
var HTTP = { timeoutSeconds: 60, maxAttempts: 4 };
async function consentAndRegister(set, { read, plan }, session) {
  announce("Get your consent", session);
  const accessToken = await getAccessToken2(read, plan, session);
  announce("Register the certificate", session);
  await registerCertificate2(set, { read, accessToken }, session);
}
async function getAccessToken2(read, plan, session) {
  const { io: io2, interruption } = session;
  for (; ; ) {
    try {
      return await consentOnce(read, session);
    } catch (error) {
      const canRetry = error instanceof ConsentError || error instanceof ActionError;
      if (!canRetry || !asks(session)) throw error;
      reportError(error, io2, { debug: false });
      const isRejected = error instanceof ActionError && error.code === "CREDENTIALS_REJECTED";
      const question = isRejected ? "Enter the API secret again, and open the consent page?" : "Open the consent page again?";
      if (!await interruption.abandon(() => confirm2(io2, question)))
        throw new CliError(
          "Stopped before the registration.",
          "The command below starts a new consent. Unless you pass them, it asks for the API key and secret again."
        );
      if (isRejected) {
        await correctApiSecret(plan.values, session);
        if (plan.target.kind === "files") checkEnvironmentFile(plan.values, plan.target.folder);
      }
    }
  }
}
async function consentOnce(read, session) {
  const { io: io2, options, context, interruption } = session;
  const gateway = parseGateway(read);
  const app = parseDeveloperApp(read);
  context.secrets.mask(app.apiKey);
  context.secrets.mask(app.apiSecret);
  const consent = {
    endpoint: gateway.authorizationEndpoint,
    apiKey: app.apiKey,
    redirectUri: app.redirectUri,
    browser: options.browser,
    listen: options.listen,
    timeoutSeconds: options.timeoutSeconds
  };
  const code2 = await interruption.abandon(() => requestAuthorizationCode(consent, io2));
  context.secrets.mask(code2);
  progress(io2, "Exchanging the code");
  const { value } = await interruption.abandon(
    () => exchangeCode(createHttpSession(HTTP, context), { gateway, app, code: code2 }, context)
  );
  succeed(session, "Exchanged the code for a token that can register the certificate.");
  return value;
}
async function registerCertificate2(set, { read, accessToken }, session) {
  const { io: io2, context, interruption, progress: progress2 } = session;
  const request = { ...parseRegistration(read, context), grant: { accessToken } };
  progress(io2, "Registering the certificate");
  await set.update({ registration: "unknown" }, io2);
  try {
    const { appId } = await interruption.finish("the registration", () => register(request, context));
    await set.update({ registration: "done", appId }, io2);
    progress2.certificate = request.certificate;
    succeed(session, `Registered the certificate. App ID: ${appId}`);
  } catch (error) {
    if (!(error instanceof ActionError) || isOutcomeUnknown(error)) throw error;
    await set.update({ registration: "none" }, io2);
    if (error.code !== "CREDENTIALS_REJECTED") throw error;
    throw new ActionError(error.code, error.message, {
      remedy: `${remedyOfRejection(error)} Run the command below. It starts a new consent.`,
      cause: error
    });
  }
}
function isOutcomeUnknown({ code: code2, possiblyProcessed }) {
  const inspected = ["SERVER_ERROR", "RESPONSE_INVALID"];
  return possiblyProcessed || inspected.includes(code2);
}
function remedyOfRejection({ status, remedy }) {
  return status === 401 ? "Another token for this API key may have invalidated this one." : remedy;
}

// src/cli/setup/workflow.ts
var import_node_fs12 = require("node:fs");
var import_promises7 = require("node:fs/promises");
var import_node_path15 = require("node:path");
async function writeWorkflow(plan, target, session) {
  const { io: io2, progress: progress2 } = session;
  const { workflow: path } = target;
  if (path === void 0) {
    succeed(session, "Workflows that read these secrets and variables use the new values from now on.");
    return;
  }
  const text3 = workflowText(plan, target);
  const exists = isTaken(path);
  if (exists && !await replaces(path, session)) {
    warn(session, `${path} already exists and was not replaced.`);
    note(
      io2,
      "Compare it with this workflow, which reads all values from the secrets and variables:",
      "",
      text3
    );
    return;
  }
  try {
    await (0, import_promises7.mkdir)((0, import_node_path15.dirname)(path), { recursive: true });
    if (exists) await (0, import_promises7.rm)(path);
    await (0, import_promises7.writeFile)(path, text3, { flag: "wx" });
  } catch (error) {
    throw new CliError(
      `Cannot write ${path}: ${systemErrorReason(error) ?? "unknown error"}.`,
      `Everything is stored. Create the workflow yourself, with this content:

${text3}`,
      { cause: error }
    );
  }
  progress2.workflow = path;
  succeed(session, `Wrote ${path}. It requests a token and calls the API with it.`);
  note(io2, "", ...nextSteps(path, target, io2));
}
function isTaken(path) {
  try {
    return (0, import_node_fs12.lstatSync)(path, { throwIfNoEntry: false }) !== void 0;
  } catch {
    return false;
  }
}
async function replaces(path, session) {
  if (!asks(session)) return false;
  return await session.interruption.abandon(() => confirm2(session.io, `${path} exists. Replace it?`));
}
function nextSteps(path, target, io2) {
  const [cwd, file] = [(0, import_node_fs12.realpathSync)(io2.cwd), (0, import_node_fs12.realpathSync)(path)];
  const { name, host } = repositoryOf(target);
  const remotes = remoteRepositories({ ...io2, cwd: (0, import_node_path15.dirname)(file) });
  const isClone = remotes.some((remote) => remote?.toLowerCase() === name.toLowerCase());
  const tree = workTreeOf((0, import_node_path15.dirname)(file)) ?? cwd;
  const isElsewhere = isClone && tree !== workTreeOf(cwd);
  const from = isClone && !isElsewhere ? cwd : tree;
  const repository = ghFlags({ name, host, environment: void 0 }).map((word) => quoteForShell(word)).join(" ");
  return [
    isClone ? "To commit it:" : `No git remote of this folder is ${name}. Copy the file to the same path in a clone, and commit it there:`,
    ...isElsewhere ? [`  cd ${quoteForShell(tree)}`] : [],
    `  git add ${quoteForShell((0, import_node_path15.relative)(from, file))}`,
    '  git commit -m "Request a Sprinklr access token"',
    "  git push",
    "To run it, once it is on the default branch:",
    `  gh workflow run ${quoteForShell((0, import_node_path15.basename)(path))} ${repository}`,
    `  gh run watch ${repository}`
  ];
}
function workflowText({ values }, { environment }) {
  const { gateway, "base-url": baseUrl } = publicValues(values);
  const variable2 = (name) => `\${{ vars.SPRINKLR_${name} }}`;
  const secret = (name) => `\${{ secrets.SPRINKLR_${name} }}`;
  const inputs = {
    "private-key": secret("PRIVATE_KEY"),
    certificate: variable2("CERTIFICATE"),
    "app-id": variable2("APP_ID"),
    username: variable2("USERNAME"),
    "api-key": secret("API_KEY"),
    "api-secret": secret("API_SECRET"),
    "redirect-uri": variable2("REDIRECT_URI"),
    environment: variable2("ENVIRONMENT"),
    ...gateway !== void 0 && { gateway: variable2("GATEWAY") },
    ...baseUrl !== void 0 && { "base-url": variable2("BASE_URL") }
  };
  return `# Requests a Sprinklr access token and calls the API with it. All values come from GitHub secrets and variables.
name: Call Sprinklr

on:
  workflow_dispatch:

permissions: {}

# One live token per API key: use the same group in every workflow that uses this key.
concurrency: sprinklr-api-key

jobs:
  me:
    runs-on: ubuntu-latest
${environment === void 0 ? "" : `    environment: ${JSON.stringify(environment)}
`}    steps:
      - id: sprinklr
        uses: org/sprinklr-token@v1
        with:
${Object.entries(inputs).map(([name, value]) => `          ${name}: ${value}
`).join("")}
      - run: |
          curl --fail -H "Authorization: Bearer $TOKEN" -H "Key: $KEY" "$API/api/v2/me"
        env:
          TOKEN: \${{ steps.sprinklr.outputs.access-token }}
          KEY: ${secret("API_KEY")}
          API: \${{ steps.sprinklr.outputs.api-url }}
`;
}

// src/cli/setup.ts
function addSetup(program2, io2) {
  const command = program2.command("setup").summary("go from a developer app to the first token, in one guided run").description(
    "Creates a key and a certificate, gets your consent in a browser, registers the certificate, requests a first token, and shows whose it is. Only then does it store the secrets and variables with the GitHub CLI (gh) and write a workflow. Asks for each value that you don't pass. Requesting a token invalidates the API key's current token."
  );
  addValueFlags(command, SETUP_INPUTS);
  return command.addOption(
    new Option("--common-name <text>", "name of the certificate").default(
      "sprinklr-token",
      "sprinklr-token"
    )
  ).addOption(
    integerOption("days", "days until the certificate expires", { min: 1, max: 3650, default: 365 })
  ).option("--repo <OWNER/REPO>", "repository for the secrets and variables (default: the current folder's)").option(
    "--env <name>",
    "store them in this GitHub environment of the repository, and create it if it is missing"
  ).option("--workflow <path>", "workflow to write (default: .github/workflows/sprinklr.yml)").option("--no-workflow", "write no workflow").option("--files <dir>", "write files for another CI system instead of storing in GitHub").option("--rotate", "replace the repository's key, certificate, and App ID").option("--resume <dir>", "continue an interrupted run from the folder that it printed").option("--app-id <value>", "with --resume: the App ID, if the earlier run could not save it").option("--no-browser", "print the URL of the consent page, but do not open it").option("--no-listen", "ask for the redirect URL even if the callback URL is on this computer").addOption(
    integerOption("timeout-seconds", "seconds to wait for the consent", {
      min: 1,
      max: 3600,
      default: CODE_SECONDS
    })
  ).option("--yes", "agree in advance to all questions, except about replacing a workflow").option("--json", "print one JSON document at the end").addHelpText(
    "before",
    `Examples:
  sprinklr-token setup
  sprinklr-token setup --rotate --repo OWNER/REPO
  sprinklr-token setup --files ../sprinklr --redirect-uri http://localhost:8080/callback
`
  ).action((options) => setup(options, io2));
}
async function setup(options, io2) {
  const progress2 = {};
  try {
    requireValidFlags(options);
    await withInterruption(
      io2,
      (interruption) => runSteps({ options, io: io2, context: createContext(io2), interruption, progress: progress2 })
    );
    if (options.json === true) printOutcome({ progress: progress2 }, io2);
  } catch (error) {
    if (options.json === true) printOutcome({ error, progress: progress2 }, io2);
    throw toFailure(error, progress2);
  }
}
function requireValidFlags(options) {
  const { commonName, files, repo, env, workflow, rotate, resume, appId } = options;
  checkSubject({ commonName });
  const conflict = (flag2, other) => {
    throw usageError(`${flag2} and ${other} contradict each other.`, "Omit one of them.");
  };
  if (files !== void 0 && repo !== void 0) conflict("--files", "--repo");
  if (files !== void 0 && env !== void 0) conflict("--files", "--env");
  if (files !== void 0 && typeof workflow === "string") conflict("--files", "--workflow");
  if (files !== void 0 && rotate === true)
    throw usageError(
      "--rotate replaces only values in GitHub.",
      "To replace files, omit --rotate, and pass a new folder: --files DIR."
    );
  if (appId !== void 0 && resume === void 0)
    throw usageError("--app-id requires --resume.", "Add --resume DIR, or omit --app-id.");
  if (resume !== void 0 && rotate === true) conflict("--resume", "--rotate");
}
async function runSteps(session) {
  const { options, io: io2, progress: progress2, interruption } = session;
  const appId = parseAppIdFlag(options);
  const saved = options.resume === void 0 ? void 0 : SavedSet.load((0, import_node_path16.resolve)(io2.cwd, options.resume));
  if (saved !== void 0) {
    progress2.set = saved;
    progress2.skipped = stepsBefore(saved.state, appId);
  }
  const isUnknown = saved?.state.registration === "unknown";
  if (isUnknown && appId === void 0)
    throw new CliError(
      "Cannot resume this run: it is unknown whether its registration succeeded.",
      "Ask Sprinklr support for the App ID, or start over with a new certificate."
    );
  if (!isUnknown && appId !== void 0)
    throw usageError(
      "--app-id is only for a run that may have registered its certificate, but has no App ID.",
      "Omit --app-id."
    );
  announce("Collect the values", session);
  const plan = await collect(saved, session);
  await saved?.update({ values: publicValues(plan.values) }, io2);
  const set = saved ?? await generate(plan, session);
  const values = rawReader({ given: plan.values, unreadable: /* @__PURE__ */ new Map() });
  const read = withInputs(values, { "private-key": set.privateKeyPem, certificate: set.certificatePem });
  if (set.state.registration !== "done" && appId === void 0)
    await consentAndRegister(set, { read, plan }, session);
  interruption.check();
  announce("Request a token and show whose it is", session);
  await prove(set, withInputs(read, { "app-id": appId ?? set.state.appId ?? "" }), session);
  interruption.check();
  announce("Store everything", session);
  await storeSet(set, { read, plan }, session);
}
function stepsBefore({ registration }, appId) {
  const isRegistered = registration === "done" || appId !== void 0;
  return [
    "Generate the key and the certificate",
    ...isRegistered ? ["Get your consent", "Register the certificate"] : []
  ];
}
function parseAppIdFlag({ appId }) {
  if (appId === void 0) return void 0;
  const parsed = attempt(() => parseAppId(appId));
  if (parsed instanceof ActionError) throw usageError(parsed.message, parsed.remedy);
  return parsed;
}
async function generate(plan, session) {
  const { options, io: io2, interruption, progress: progress2 } = session;
  announce("Generate the key and the certificate", session);
  progress(io2, "Generating a 2048-bit key");
  const subject = { commonName: options.commonName };
  const material = await interruption.abandon(
    () => generateKeyMaterial({ subject, days: options.days, now: io2.now() })
  );
  const state = {
    values: publicValues(plan.values),
    target: plan.target,
    previous: plan.previous,
    registration: "none",
    stored: []
  };
  const set = await SavedSet.create(material, state, io2);
  progress2.set = set;
  succeed(
    session,
    `Created an RSA key and a self-signed certificate. They are saved in ${set.folder} until they are stored.`,
    `fingerprint ${material.fingerprint} (SHA-256)`,
    `expires     ${material.expiresAt.toISOString()}`
  );
  interruption.check();
  return set;
}
async function storeSet(set, { read, plan }, session) {
  const { target } = plan;
  if (target.kind === "files") {
    await writeSetFiles(set, { values: plan.values, folder: target.folder }, session);
  } else {
    await store(set, { read, plan }, session);
    if (plan.previous !== void 0) describeRotation(set, plan, session);
    if (target.workflow !== void 0) announce("Write the workflow", session);
    await writeWorkflow(plan, target, session);
  }
  const renewal = target.kind === "files" ? "--files NEW_DIR" : "--rotate";
  const expiry = session.progress.certificate?.expiresAt.toISOString().slice(0, 10) ?? "";
  note(
    session.io,
    "",
    `Before the certificate expires on ${expiry}, run: npx @org/sprinklr-token@1 setup ${renewal}`
  );
}
function describeRotation(set, { previous }, { io: io2, progress: progress2 }) {
  if (previous === void 0) return;
  note(
    io2,
    "",
    "Rotated:",
    `  old App ID       ${previous.appId}`,
    `  new App ID       ${set.state.appId ?? ""}`,
    `  old fingerprint  ${previous.fingerprint ?? "unknown: the repository had no readable certificate"}`,
    `  new fingerprint  ${progress2.certificate?.fingerprint ?? ""}`,
    "Sprinklr does not document whether the old App ID and key still work, and has no API that deletes a registration. If the",
    "old key has leaked, ask Sprinklr support to remove the old App ID."
  );
}

// src/cli/simulate.ts
var import_node_fs13 = require("node:fs");
var import_node_os6 = require("node:os");
var import_node_path17 = require("node:path");
var NAMES3 = [
  "environment",
  "gateway",
  "certificate",
  "api-key",
  "api-secret",
  "redirect-uri",
  "username"
];
var DEFAULTS = {
  apiKey: "simulated-api-key",
  apiSecret: "simulated-api-secret",
  redirectUri: "http://127.0.0.1:8898/callback"
};
function addSimulate(program2, io2) {
  const limit = (flag2, description, fallback) => integerOption(flag2, description, { min: 1, max: 1e6, default: fallback });
  const command = program2.command("simulate").summary("run a simulated Sprinklr, to try a pipeline").description(
    `Runs a simulated Sprinklr on this computer until you press Ctrl-C: registration, consent page, code grant, token exchange, identity, rate limits, and one live token per API key. It is strict, and logs why it rejects a request. Set the action's base-url to its address. By default, it uses the API key ${DEFAULTS.apiKey}, the API secret ${DEFAULTS.apiSecret}, and the callback URL ${DEFAULTS.redirectUri}. If you pass a certificate, it registers the certificate and prints the App ID. If you pass a username, it rejects all others.`
  ).addOption(integerOption("port", "port; 0 for any free port", { min: 0, max: 65535, default: 8899 })).addOption(new Option("--host <address>", "address to listen on").default("127.0.0.1", "127.0.0.1")).option(
    "--reachable-by-others",
    "allow a --host that other machines can reach, by its address or host name"
  ).option("--tls", "serve HTTPS with a temporary certificate");
  addValueFlags(command, NAMES3);
  return command.addOption(limit("per-second", "maximum calls with the API key per second", RATE_LIMIT2.perSecond)).addOption(limit("per-hour", "maximum calls with the API key per hour", RATE_LIMIT2.perHour)).addOption(
    new Option("--fault <script>", "fault script (see below); repeatable").argParser(addFault).default([], "none")
  ).addHelpText(
    "before",
    `Example:
  sprinklr-token simulate --environment prod2 --certificate-file server.crt --fault apptoken=503x2
`
  ).addHelpText(
    "after",
    `
A fault script is
${FAULT_GRAMMAR.replace(/^(?=.)/gm, "  ")}`
  ).action((options) => simulate(options, io2));
}
async function simulate(options, io2) {
  const host = parseHost(options);
  const read = await requireValues(NAMES3, options, io2);
  const app = parseApp(read);
  const gateway = parseInput("gateway", read);
  const certificate = parseInput("certificate", read);
  const folder = options.tls === true ? (0, import_node_fs13.mkdtempSync)((0, import_node_path17.join)((0, import_node_os6.tmpdir)(), "sprinklr-simulator-")) : void 0;
  const ended = terminationSignal(io2);
  try {
    const simulator = await start2({
      apps: [app],
      host,
      port: options.port,
      gateway,
      rateLimit: { perSecond: options.perSecond, perHour: options.perHour },
      // It can run for days, and nothing reads them.
      keepRequests: false,
      checkHost: true,
      log: (line2) => {
        print(io2, line2);
      },
      ...folder !== void 0 && { tls: await createTlsCertificate(host, folder, io2) }
    });
    for (const { endpoint, faults } of options.fault) simulator.fault(endpoint, ...faults);
    const show = (value, fallback) => value === fallback ? value : "(as given)";
    const showPublic = (name, value) => canBeShown(name, value) ? value : "(as given)";
    const environment = showPublic("environment", app.environment);
    print(
      io2,
      paint("bold", `Simulated Sprinklr listening at ${simulator.origin}`, io2.stdout),
      `  base-url      ${simulator.origin}`,
      `  gateway       ${gateway}`,
      `  environment   ${app.environment === "" ? "(empty: production)" : environment}`,
      `  api-key       ${show(app.apiKey, DEFAULTS.apiKey)}`,
      `  api-secret    ${show(app.apiSecret, DEFAULTS.apiSecret)}`,
      `  redirect-uri  ${showPublic("redirect-uri", app.redirectUri)}`,
      ...app.username === void 0 ? [] : [`  username      ${showPublic("username", app.username)}`],
      `  API URL       ${app.environment === "" ? simulator.origin : `${simulator.origin}/${environment}`}`
    );
    if (certificate !== void 0)
      print(io2, `  app-id        ${simulator.register(certificate.pem, app.apiKey)}`);
    if (folder !== void 0) {
      print(
        io2,
        `To trust its certificate, set NODE_EXTRA_CA_CERTS=${(0, import_node_path17.join)(folder, "ca.pem")} (curl: --cacert with the same file).`
      );
    }
    print(io2, "To see its state, open its address in a browser. To stop it, press Ctrl-C.", "");
    await ended;
    await simulator.close();
  } finally {
    if (folder !== void 0) (0, import_node_fs13.rmSync)(folder, { recursive: true, force: true });
  }
}
function parseHost({ host: text3, reachableByOthers }) {
  const host = text3.trim().replace(/^\[|\]$/g, "");
  if (isLoopback(host) || reachableByOthers === true) return host;
  throw usageError(
    `--host ${host} would let other machines connect.`,
    "Omit --host, or add --reachable-by-others. Without --tls, it uses plain HTTP."
  );
}
function parseApp(read) {
  const redirectUri = read("redirect-uri") === "" ? DEFAULTS.redirectUri : parseInput("redirect-uri", read);
  const username = read("username") === "" ? {} : { username: parseInput("username", read) };
  return {
    ...username,
    apiKey: read("api-key") || DEFAULTS.apiKey,
    apiSecret: read("api-secret") || DEFAULTS.apiSecret,
    redirectUri,
    environment: parseInput("environment", read)
  };
}
function addFault(text3, faults) {
  try {
    return [...faults, parseFaults(text3)];
  } catch (error) {
    throw usageError(error.message, 'See "sprinklr-token simulate --help" for fault scripts.');
  }
}
async function start2(options) {
  try {
    return await startSimulator(options);
  } catch (error) {
    const { code: code2 = "" } = error;
    const reason = code2 === "ENOTFOUND" ? "this machine does not have that address" : systemErrorReason(error);
    if (reason === void 0) throw error;
    throw new CliError(
      `Cannot listen on ${options.host}, port ${options.port}: ${reason}.`,
      "Choose another --host or --port. Port 0 means any free port. Ports below 1024 can require special rights.",
      { cause: error }
    );
  }
}
async function createTlsCertificate(host, folder, io2) {
  const { key, certificate } = await generateServerCertificate({ hosts: [host], days: 7, now: io2.now() });
  (0, import_node_fs13.writeFileSync)((0, import_node_path17.join)(folder, "ca.pem"), certificate);
  return { key, cert: certificate };
}

// src/cli/token.ts
var import_node_fs14 = require("node:fs");
var import_node_path18 = require("node:path");
function addToken(program2, io2) {
  const command = program2.command("token").summary("request an access token and print it").description(
    "Requests an access token and prints only the token on standard output. This invalidates the API key's current token. Exit code 0: success. 1: failure. 2: usage error."
  ).addOption(
    new Option(
      "--format <format>",
      "output format: token, json (also type, expiry, and API URL), or env (variables for a POSIX shell or a dotenv file)"
    ).choices(FORMATS).default("token", "token")
  ).option("--output <file>", "write the result to a file that only you can read, instead of printing it");
  addValueFlags(command, TOKEN_INPUTS);
  return command.addHelpText(
    "before",
    `Example:
  SPRINKLR_API_KEY=\u2026 SPRINKLR_API_SECRET=\u2026 sprinklr-token token --private-key-file server.der \\
    --app-id eyJ\u2026 --username ci-bot@example.com --environment prod2 --redirect-uri https://www.example.com/callback
`
  ).action((options) => printToken(options, io2));
}
async function printToken(options, io2) {
  const path = options.output === "-" ? void 0 : options.output;
  const file = path === void 0 ? void 0 : writablePath((0, import_node_path18.resolve)(io2.cwd, path));
  const context = createContext(io2);
  const request = await readTokenRequest(options, context, io2);
  const result = await requestToken(request, context, io2);
  const text3 = formatToken(result, options.format, request.app.apiKey);
  if (file === void 0) {
    io2.stdout.write(text3);
    return;
  }
  const content = { name: (0, import_node_path18.basename)(file), content: text3, secret: true };
  try {
    await writeFiles((0, import_node_path18.dirname)(file), [content], { replace: true, io: io2 });
  } catch (error) {
    throw new CliError(
      `${error.message} The new token is lost, and the API key's earlier token is no longer valid.`,
      "Run the command again with another --output.",
      { cause: error }
    );
  }
  note(io2, `Wrote the token to ${file} (format ${options.format}). Only you can read the file.`);
}
function writablePath(path) {
  if ((0, import_node_fs14.existsSync)(path) && !(0, import_node_fs14.statSync)(path).isFile())
    throw new CliError(`${path} is not a file.`, "Choose another path, or omit --output to print the token.");
  if (!(0, import_node_fs14.existsSync)(path) && (0, import_node_fs14.lstatSync)(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new CliError(
      `${path} is a symbolic link to a file that does not exist.`,
      "Create that file, or choose another path."
    );
  const file = (0, import_node_fs14.existsSync)(path) ? (0, import_node_fs14.realpathSync)(path) : path;
  checkFolder((0, import_node_path18.dirname)(file), [(0, import_node_path18.basename)(file)], { replace: true });
  return file;
}

// src/cli/program.ts
var HELP_WIDTH = 100;
async function main(args, io2) {
  const program2 = createProgram(io2);
  const command = { isRunning: false };
  program2.hook("preAction", () => {
    command.isRunning = true;
  });
  try {
    await program2.parseAsync(args, { from: "user" });
    return io2.exitCode;
  } catch (error) {
    if (error instanceof CommanderError && HELP_CODES.includes(error.code))
      return error.exitCode === 0 ? 0 : 2;
    const failure = error instanceof CommanderError ? describeUsageError(error, program2, args) : error;
    if (!command.isRunning && wantsJson(program2, args)) printJson(errorAsJson(failure), io2);
    return reportError(failure, io2, { debug: failure === error && args.includes("--debug") });
  }
}
function wantsJson(program2, args) {
  const command = commandOf(program2, args);
  return args.includes("--json") && command?.options.some(({ long }) => long === "--json") !== false;
}
function commandOf(program2, [name]) {
  return program2.commands.find((command) => command.name() === name);
}
function createProgram(io2) {
  const width = Math.min(io2.stdout.columns ?? HELP_WIDTH, HELP_WIDTH);
  const program2 = new Command("sprinklr-token").description("Gets Sprinklr access tokens on your computer and in any CI system.").usage("<command> [options]").option("-v, --version", "print the version").on("option:version", () => {
    print(io2, programVersion(io2));
    throw new CommanderError(0, "commander.version", "");
  }).helpOption("-h, --help", "print this help").addHelpText("before", "Example:\n  sprinklr-token demo\n").configureHelp({
    styleOptionDescription: capitalize2,
    styleArgumentDescription: capitalize2,
    styleSubcommandDescription: capitalize2,
    subcommandTerm: (command) => [command.name(), ...command.name() === "help" ? ["[command]"] : []].join(" ")
  }).helpCommand("help [command]", "print the help for a command").enablePositionalOptions().exitOverride().configureOutput({
    writeOut: (text3) => io2.stdout.write(text3),
    writeErr: (text3) => io2.stderr.write(text3),
    // main prints all errors, without the argument that caused them.
    outputError: () => void 0,
    getOutHelpWidth: () => width,
    getErrHelpWidth: () => width
  });
  for (const add of [addSetup, addToken, addExec, addKeygen, addRegister, addDoctor, addSimulate, addDemo])
    add(program2, io2).option("--debug", "show where an unexpected error occurred");
  return program2;
}
function capitalize2(text3) {
  return text3.replace(/^[a-z]+\b/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
}
var HELP_CODES = ["commander.help", "commander.helpDisplayed", "commander.version"];
function describeUsageError(error, program2, args) {
  const command = commandOf(program2, args);
  const help = `See "${[program2.name(), ...command === void 0 ? [] : [command.name()]].join(" ")} --help".`;
  const [, similar] = /\(Did you mean (.+)\?\)/.exec(error.message) ?? [];
  const remedy = similar === void 0 ? help : `Did you mean ${similar}? ${help}`;
  switch (error.code) {
    case "commander.unknownCommand":
      return usageError("Unknown command.", remedy);
    case "commander.unknownOption": {
      const [, flag2] = /'(--[a-z]+(?:-[a-z]+)*)(?:=.*)?'/s.exec(error.message) ?? [];
      return usageError(flag2 === void 0 ? "Unknown option." : `Unknown option ${flag2}.`, remedy);
    }
    case "commander.invalidArgument": {
      const [, flag2 = "", choices = ""] = /^error: option '(--[a-z-]+) .*Allowed choices are ([\w, ]+)\.$/s.exec(error.message) ?? [];
      return usageError(`The value of ${flag2} is unknown.`, `Use ${choices.replace(/, (?=\w+$)/, ", or ")}.`);
    }
    case "commander.missingArgument":
      return usageError("No command to run.", `Add it after --. ${help}`);
    case "commander.optionMissingArgument":
    case "commander.missingMandatoryOptionValue":
    case "commander.conflictingOption":
      return usageError(`${error.message.replace(/^error: o/, "O")}.`, help);
    default:
      return usageError("Unexpected argument.", `Pass every value as --NAME VALUE. ${help}`);
  }
}
function programVersion({ program: program2 }) {
  const manifest = (0, import_node_path19.join)((0, import_node_path19.dirname)((0, import_node_fs15.realpathSync)(program2)), "../package.json");
  return JSON.parse((0, import_node_fs15.readFileSync)(manifest, "utf8")).version;
}

// src/cli/main.ts
var io = processIo();
for (const stream of [io.stdout, io.stderr]) {
  stream.on("error", (error) => {
    if (error.code === "EPIPE" || error.code === "EIO") return;
    process.exit(reportError(error, io, { debug: false }));
  });
}
void main(process.argv.slice(2), io).then((exitCode) => {
  process.exitCode = exitCode;
  if (io.abandonsWork === true) process.exit();
});
