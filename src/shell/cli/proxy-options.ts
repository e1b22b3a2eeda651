import { type Command, InvalidArgumentError, Option } from "commander";
import { TIME_FORMATS, type TimeFormat } from "../../core/export/time-format.js";
import type { DiagnosticId } from "../../core/model/diagnostics/index.js";
import { DEFAULT_LIMITS, type Limits } from "../../core/model/limits.js";
import { TOXICS } from "../../core/toxics/kinds/index.js";
import { type Hop, parseHop } from "../proxy/hop.js";
import { HOP_OPTIONS, HopError } from "../proxy/hop-options.js";
import { type ApiFlags, addApiOptions } from "./api-options.js";
import { addClassifyOptions, type ClassifyFlags } from "./classify-options.js";
import type { ColourChoice } from "./colours.js";
import { addRecordingOptions, type RecordingFlags } from "./proxy-recording.js";
import { addRedactOptions, type RedactFlags } from "./redact-options.js";
import { addRewritingOptions, type RewritingFlags } from "./rewriting-options.js";
import { addRulesOptions, type RulesFlags } from "./rules-options.js";
import { addToxiproxyOptions, type ToxiproxyFlags } from "./toxiproxy-options.js";
import { addHoldOptions, addTuiOptions, type HoldFlags, type TuiFlags } from "./tui-options.js";
import { parseCount, parseDiagnostics } from "./values.js";

/** Options of `proxy` as commander hands them over. */
export interface ProxyFlags
	extends ApiFlags,
		ClassifyFlags,
		RewritingFlags,
		RecordingFlags,
		RulesFlags,
		ToxiproxyFlags,
		TuiFlags,
		HoldFlags,
		RedactFlags {
	hop?: Hop[];
	config?: string;
	insecure?: true;
	keylog?: string;
	caDir?: string;
	limit?: Partial<Limits>;
	json?: true;
	quiet?: true;
	/** file of the HTML report */
	report?: string;
	/** on a terminal: the user interface instead of a log */
	tui: boolean;
	verbose: number;
	classify: boolean;
	disable?: Set<DiagnosticId>;
	/** seconds; undefined: as the configuration file says, or the default */
	connectTimeout?: number;
	drain?: number;
	time: TimeFormat;
	width?: number;
	color: ColourChoice;
}

const PROXY_HELP = `
Examples:
  mitmsrp proxy --hop 'tcp://127.0.0.1:5060=>tcp://192.0.2.1:5060'
  mitmsrp proxy --hop 'tcp://127.0.0.1:0=>tcp://[2001:db8::1]:2855' --json
  mitmsrp proxy --hop 'tls://127.0.0.1:5061=>tls://sip.example.com:5061,name=alice,insecure'
  mitmsrp proxy --hop 'ws://127.0.0.1:8080=>tcp://192.0.2.1:5060'     one SIP or MSRP message a WebSocket message
  mitmsrp proxy --hop 'auto://127.0.0.1:5060=>auto://192.0.2.1:5060'  TCP, TLS or WebSocket, as the client speaks
  mitmsrp proxy --hop 'tcp://127.0.0.1:5060=>tcp://192.0.2.1:5060' --anchor path --alg topo-strip --alg-hides servers
  mitmsrp proxy --hop 'tcp://127.0.0.1:5060=>tcp://192.0.2.1:5060' --rules slow.yaml --seed 7    faults by rule; reloaded when the file changes
  mitmsrp proxy --hop 'tcp://:5060=>tcp://192.0.2.1:5060' --write call.pcapng --rotate-mb 100
  mitmsrp proxy --hop 'tcp://127.0.0.1:2855=>relay://127.0.0.1:2855'   an MSRP relay for clients that ask one with AUTH (RFC 4976)
  mitmsrp proxy --toxiproxy-api                                       hops and toxics are made by a client of toxiproxy
  mitmsrp proxy --hop 'socks://127.0.0.1:1080'                        the client says where to

Listening: tcp tls udp ws wss auto socks connect. Targets: tcp tls udp ws wss auto, relay and relays (an MSRP relay of our own, named by what
its clients' URIs begin with, msrp or msrps). IPv6 stands in brackets. Without a host the listening side is loopback. Port 0 takes any free port: what tells that the hops listen has the real one.

Options of a hop, after a comma, or keys of a hop in the configuration file:
${hopOptionsText()}

In the file a hop may have toxics, which work on all octets of its connections, written as toxiproxy's API takes them:
  toxics: [{type: latency, stream: upstream, toxicity: 0.5, attributes: {latency: 200, jitter: 50}}]
${toxicsText()}

Exit codes: 0 stopped by a signal, 1 the output could not be written, 2 wrong usage or an address that cannot be listened at.`;

export function addProxyCommand(program: Command, action: (options: ProxyFlags) => Promise<void>): void {
	const proxy = program
		.command("proxy")
		.description("stand between clients and servers: forward every octet, decode and explain the messages beside it")
		.option("--hop <hop>", "LISTEN=>TARGET: where to listen and where to go from there; repeatable", hops)
		.option("--config <file>", "named hops and settings in YAML; read again on SIGHUP")
		.option("--insecure", "accept any certificate of the targets of all --hop")
		.option("--ca-dir <dir>", "folder of the local certificate authority (default: mitmsrp in the user's configuration folder)")
		.option("--keylog <file>", "append TLS secrets to this file (NSS key log), readable by the user only")
		.addOption(new Option("--json", "one JSON object a line (schema: docs/schema/entry.schema.json)"))
		.option("--no-tui", "a log, also on a terminal; without it the terminal user interface opens there")
		.option("--quiet", "no messages, only what listens and what happened in the end")
		.option("--report <file>", "when it is stopped, write an HTML page about everything (see mitmsrp report)")
		.option("-v, --verbose", "add decoded detail; -vv adds a hexdump", (_: string, before: number) => before + 1, 0)
		.option("--no-classify", "do not work out what clients make of messages")
		.option("--disable <id>", "switch a diagnostic off, or a family: tcp.*; repeatable", parseDiagnostics)
		.option("--connect-timeout <seconds>", "give up reaching a target after this long (default: 10)", parseCount)
		.option("--drain <seconds>", "when stopped, give open connections this long before they are reset (default: 5)", parseCount)
		.option("--limit <name=n>", `a bound on what hostile traffic can cost: ${Object.keys(DEFAULT_LIMITS).join(", ")}; repeatable`, limits)
		.addOption(new Option("--time <format>", "time column").choices([...TIME_FORMATS]).default("relative"))
		.option("--width <columns>", "cut lines here (default: the terminal's width; unlimited when piped)", parseCount)
		.addOption(new Option("--color <when>", "colour").choices(["auto", "always", "never"]).default("auto"));
	addClassifyOptions(
		addRecordingOptions(
			addRewritingOptions(addRulesOptions(addToxiproxyOptions(addApiOptions(addRedactOptions(addHoldOptions(addTuiOptions(proxy))))))),
		),
	)
		.addHelpText("after", PROXY_HELP)
		.action((options) => action(options));
}

function hopOptionsText(): string {
	const lines = Object.entries(HOP_OPTIONS).map(([name, { kind, choices, summary }]) => {
		const value = kind === "flag" ? "" : `=${choices?.join("|") ?? kind}`;
		return `  ${(name + value).padEnd(26)} ${summary}`;
	});
	return lines.join("\n");
}

function toxicsText(): string {
	const lines = [...TOXICS.values()].map(({ name, title, attributes }) => {
		const given = Object.entries(attributes).map(([attribute, { unit }]) => `${attribute} (${unit})`);
		return `  ${name.padEnd(26)} ${title}${given.length === 0 ? "" : ` ${given.join(", ")}`}`;
	});
	return lines.join("\n");
}

function limits(text: string, before: Partial<Limits> = {}): Partial<Limits> {
	const [name, value] = text.split("=", 2);
	if (name === undefined || !(name in DEFAULT_LIMITS)) throw new InvalidArgumentError("There is no such limit.");
	return { ...before, [name]: parseCount(value ?? "") };
}

function hops(text: string, before: readonly Hop[] = []): Hop[] {
	try {
		return [...before, parseHop(text)];
	} catch (error) {
		if (error instanceof HopError) throw new InvalidArgumentError(`${error.message}.`);
		throw error;
	}
}
