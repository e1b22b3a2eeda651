import { type Command, InvalidArgumentError, Option } from "commander";
import { TIME_FORMATS, type TimeFormat } from "../../core/export/time-format.js";
import type { DiagnosticId } from "../../core/model/diagnostics/index.js";
import { type Hop, parseHop } from "../proxy/hop.js";
import { HopError } from "../proxy/hop-options.js";
import { addClassifyOptions, type ClassifyFlags } from "./classify-options.js";
import type { ColourChoice } from "./colours.js";
import { parseCount, parseDiagnostics } from "./values.js";

/** Options of `proxy` as commander hands them over. */
export interface ProxyFlags extends ClassifyFlags {
	hop?: Hop[];
	json?: true;
	quiet?: true;
	verbose: number;
	classify: boolean;
	disable?: Set<DiagnosticId>;
	/** seconds */
	connectTimeout: number;
	drain: number;
	time: TimeFormat;
	width?: number;
	color: ColourChoice;
}

const PROXY_HELP = `
Examples:
  mitmsrp proxy --hop 'tcp://127.0.0.1:5060=>tcp://192.0.2.1:5060'
  mitmsrp proxy --hop 'tcp://127.0.0.1:0=>tcp://[2001:db8::1]:2855' --json

Without a host the listening side is loopback. Port 0 takes any free port: the line that tells that all hops listen has the real one.

Exit codes: 0 stopped by a signal, 1 the output could not be written, 2 wrong usage or an address that cannot be listened at.`;

export function addProxyCommand(program: Command, action: (options: ProxyFlags) => Promise<void>): void {
	const proxy = program
		.command("proxy")
		.description("stand between clients and servers: forward every octet, decode and explain the messages beside it")
		.option("--hop <hop>", "LISTEN=>TARGET: where to listen and where to go from there; repeatable", hops)
		.addOption(new Option("--json", "one JSON object a line (schema: docs/schema/entry.schema.json)"))
		.option("--quiet", "no messages, only what listens and what happened in the end")
		.option("-v, --verbose", "add decoded detail; -vv adds a hexdump", (_: string, before: number) => before + 1, 0)
		.option("--no-classify", "do not work out what clients make of messages")
		.option("--disable <id>", "switch a diagnostic off, or a family: tcp.*; repeatable", parseDiagnostics)
		.option("--connect-timeout <seconds>", "give up reaching a target after this long", parseCount, 10)
		.option("--drain <seconds>", "when stopped, give open connections this long before they are reset", parseCount, 5)
		.addOption(new Option("--time <format>", "time column").choices([...TIME_FORMATS]).default("relative"))
		.option("--width <columns>", "cut lines here (default: the terminal's width; unlimited when piped)", parseCount)
		.addOption(new Option("--color <when>", "colour").choices(["auto", "always", "never"]).default("auto"));
	addClassifyOptions(proxy)
		.addHelpText("after", PROXY_HELP)
		.action((options) => action(options));
}

function hops(text: string, before: readonly Hop[] = []): Hop[] {
	try {
		return [...before, parseHop(text)];
	} catch (error) {
		if (error instanceof HopError) throw new InvalidArgumentError(`${error.message}.`);
		throw error;
	}
}
