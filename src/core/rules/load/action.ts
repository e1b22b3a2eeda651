import { filterField } from "../../fields/filter/table.js";
import { ACTIONS, actionNamed } from "../actions/index.js";
import type { OptionTable, OptionValues } from "../actions/options.js";
import type { ActionDefinition, Need } from "../actions/types.js";
import { knownFromHead } from "../engine/head-entry.js";
import type { BoundAction } from "../engine/rule.js";
import { Template } from "../template.js";
import { readOptions } from "./options.js";
import { suggestion } from "./problems.js";
import { kindOf, type Scope } from "./scope.js";
import type { ListTree, MapTree, Tree } from "./tree.js";

/** The option that every action has that changes octets. */
export const FIX = {
	type: "boolean",
	default: true,
	doc: "false: Content-Length, Byte-Range and the end-line stay as the edit leaves them",
} as const;

/** All options of an action, those that it shares with others included. */
export function optionsOf(definition: ActionDefinition): OptionTable {
	return definition.edits === true ? { ...definition.options, fix: FIX } : definition.options;
}

/** The actions of a rule, in order; what is wrong with one leaves it out. */
export function readActions(scope: Scope, tree: Tree, fix: boolean): BoundAction[] {
	const list: ListTree = tree.kind === "list" ? tree : { kind: "list", items: [tree], at: tree.at, end: tree.end };
	if (list.items.length === 0) scope.fail(list, "actions: a rule does something: give at least one");
	return list.items.flatMap((item) => readAction(scope, item, fix) ?? []);
}

/** One action: its name, or its name with options. */
function readAction(scope: Scope, tree: Tree, fix: boolean): BoundAction | undefined {
	const named = nameOf(scope, tree);
	if (named === undefined) return undefined;
	const definition = actionNamed(named.name);
	if (definition === undefined) {
		const names = ACTIONS.map(({ name }) => name);
		return scope.fail({ at: named.at }, `there is no action ${named.name}${suggestion(named.name, names)}`);
	}
	const given = optionsGiven(scope, definition, named);
	const table = optionsOf(definition);
	const options = given === undefined ? undefined : readOptions(scope, table, given, definition.name);
	if (options === undefined) return undefined;
	const wrong = definition.check?.(options as never);
	if (wrong !== undefined) return scope.fail({ at: named.at }, `${definition.name}: ${wrong}`);
	const own = given!.pairs.some(({ key }) => key === "fix");
	return { definition, options, fix: own ? options["fix"] === true : fix, need: needOf(definition, options) };
}

interface Named {
	name: string;
	at: number;
	value: Tree | undefined;
}

function nameOf(scope: Scope, tree: Tree): Named | undefined {
	if (tree.kind === "scalar" && typeof tree.value === "string") return { name: tree.text, at: tree.at, value: undefined };
	if (tree.kind !== "map" || tree.pairs.length === 0)
		return scope.fail(tree, `an action is a name, or a name with options, not ${kindOf(tree)}`);
	const [first, second] = tree.pairs;
	if (second !== undefined) {
		const hint = actionNamed(first!.key) === undefined ? "" : `; options stand below or in {}: - ${first!.key}: {${second.key}: …}`;
		return scope.fail({ at: second.keyAt }, `one action at a time: each begins with "- "${hint}`);
	}
	return { name: first!.key, at: first!.keyAt, value: first!.value };
}

/** `delay: 200ms` means `delay: {time: 200ms}`. */
function optionsGiven(scope: Scope, definition: ActionDefinition, { value, at }: Named): MapTree | undefined {
	const { main } = definition;
	if (value === undefined || (value.kind === "scalar" && value.value === null)) return { kind: "map", pairs: [], at, end: at };
	if (value.kind === "map") return value;
	if (main !== undefined) return { kind: "map", pairs: [{ key: main, keyAt: value.at, value }], at, end: value.end };
	const names = Object.keys(optionsOf(definition));
	return scope.fail(
		value,
		names.length === 0 ? `${definition.name} has no options` : `${definition.name} wants its options by name: ${names.join(", ")}`,
	);
}

/** Of MSRP: what the action itself asks for, and what its templates do. */
function needOf({ needs, options: table }: ActionDefinition, options: Record<string, unknown>): Need {
	const need = typeof needs === "function" ? needs(options as never) : needs;
	const templates = Object.keys(table).flatMap((name): readonly Template[] => {
		const value = options[name] as OptionValues["template"] | OptionValues["templates"] | undefined;
		return value instanceof Template ? [value] : Array.isArray(value) ? value.filter((one) => one instanceof Template) : [];
	});
	const fields = templates.flatMap((template) => template.fields);
	return fields.some((name) => !knownFromHead(filterField(name)!)) ? "whole" : need;
}
