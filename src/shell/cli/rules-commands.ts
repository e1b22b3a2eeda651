import { type Command, Option } from "commander";
import { addClassifyOptions, type ClassifyFlags } from "./classify-options.js";
import type { RulesFlags } from "./rules-options.js";
import { addSeedOption } from "./rules-options.js";
import { collect } from "./values.js";

/** Options of `rules test`. */
export interface RulesTestFlags extends ClassifyFlags, Pick<RulesFlags, "seed"> {
	junit?: string;
	json?: true;
	keylog?: string[];
}

/** What the commands below `rules` do. */
export interface RulesActions {
	check(files: string[]): Promise<void>;
	explain(files: string[]): Promise<void>;
	list(files: string[], options: { json?: true }): Promise<void>;
	schema(): Promise<void>;
	test(rules: string, capture: string, options: RulesTestFlags): Promise<void>;
}

const FILES = "rule files, in order";

const RULES_HELP = `
Examples:
  mitmsrp rules list                                 rule files that come with mitmsrp
  mitmsrp rules check my.yaml                        everything that is wrong, as file:line:column
  mitmsrp rules explain my.yaml                      what each rule meets and does, in sentences
  mitmsrp rules test my.yaml chat.pcapng --junit report.xml
  mitmsrp rules schema > rules.schema.json           for editors: # yaml-language-server: $schema=rules.schema.json`;

export function addRulesCommand(program: Command, actions: RulesActions): void {
	const rules = program
		.command("rules")
		.description("check, explain and test rule files (docs/reference/actions.md)")
		.addHelpText("after", RULES_HELP);
	rules
		.command("check")
		.description("say everything that is wrong with rule files; exit code 2 when something is")
		.argument("<files...>", FILES)
		.action((files) => actions.check(files));
	rules
		.command("explain")
		.description("say in sentences what each rule meets and does")
		.argument("<files...>", FILES)
		.action((files) => actions.explain(files));
	rules
		.command("list")
		.description("list the rules of files; without files, the rule files that come with mitmsrp")
		.argument("[files...]", FILES)
		.option("--json", "one JSON object a line")
		.action((files, options) => actions.list(files, options));
	rules
		.command("schema")
		.description("print the JSON Schema of rule files")
		.action(() => actions.schema());
	const test = rules
		.command("test")
		.description("run a rule file over a capture and check what its expect: says; exit code 1 when something is not as expected")
		.argument("<rules>", "rule file")
		.argument("<capture>", "pcap or pcapng file, also gzip-compressed; - for standard input")
		.addOption(new Option("--junit <file>", "write one test case an expectation as JUnit XML"))
		.option("--json", "one JSON object an expectation")
		.option("--keylog <file>", "TLS secrets, NSS key log (SSLKEYLOGFILE); repeatable", collect);
	addClassifyOptions(addSeedOption(test)).action((file, capture, options) => actions.test(file, capture, options));
}
