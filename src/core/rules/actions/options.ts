import type { Filter } from "../filter/index.js";
import type { Template } from "../template.js";

/** What values an option takes in a rule file, and what an action gets. */
export interface OptionValues {
	/** "200ms", "1.5s", "2min", "1h", or a number of seconds → seconds */
	duration: number;
	/** "10KB" (1,000), "10KiB" (1,024), "3MB", or a number → octets */
	size: number;
	/** "56kbit/s", "10KB/s" or a number → octets a second */
	rate: number;
	/** "5%" or a number from 0 to 1 → a number from 0 to 1 */
	percentage: number;
	integer: number;
	boolean: boolean;
	/** one of `values` */
	choice: string;
	/** plain text, nothing is expanded */
	text: string;
	/** text with `${…}`; checked when the file is loaded */
	template: Template;
	/** one text or a list of texts, each with `${…}` */
	templates: readonly Template[];
	/** header names: one, or a list */
	names: readonly string[];
	/** a filter expression */
	filter: Filter;
	/** a file beside the rule file: its octets */
	file: Buffer;
}

export type OptionType = keyof OptionValues;

interface OptionBase<T extends OptionType> {
	readonly type: T;
	/** one sentence for the reference page and for editors */
	readonly doc: string;
	/** has to be given */
	readonly required?: true;
	/** as it would stand in a rule file; without one (and not required) the action gets undefined */
	readonly default?: string | number | boolean;
	/** smallest and largest number, in the unit that the action gets */
	readonly min?: number;
	readonly max?: number;
}

/** One option of an action. Its TypeScript type, its check, the JSON Schema and the reference page all follow from this. */
export type OptionSpec =
	| { [T in Exclude<OptionType, "choice">]: OptionBase<T> }[Exclude<OptionType, "choice">]
	| (OptionBase<"choice"> & { readonly values: readonly string[] });

export type OptionTable = Readonly<Record<string, OptionSpec>>;

type Value<S extends OptionSpec> = S extends { readonly values: readonly (infer V)[] } ? V : OptionValues[S["type"]];
type Given<S extends OptionSpec> = S extends { readonly required: true } | { readonly default: string | number | boolean }
	? Value<S>
	: Value<S> | undefined;

/** What an action with that table is given. */
export type Options<T extends OptionTable> = { readonly [K in keyof T]: Given<T[K]> };
