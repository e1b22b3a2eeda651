import { type Command, Option } from "commander";
import { SCENE_TRANSPORTS, type SceneTransport } from "../../demo/scene/transports.js";
import type { ColourChoice } from "./colours.js";
import { collect, parseCount } from "./values.js";

/** Options of `demo` as commander hands them over. */
export interface DemoFlags {
	/** undefined: A2; false: only the run without one */
	alg?: string[] | false;
	transport: SceneTransport;
	/** milliseconds */
	pace: number;
	json?: true;
	ladder?: true;
	write?: string;
	focusOnly?: true;
	listen?: string[];
	msrp?: string;
	cert?: string;
	key?: string;
	caDir?: string;
	width?: number;
	color: ColourChoice;
}

const DEMO_HELP = `
Examples:
  mitmsrp demo                                       three clients in a room, without and with an ALG on Bob's leg
  mitmsrp demo --alg A3                              another ALG; mitmsrp proxy --help has their names
  mitmsrp demo --no-alg --ladder                     the same calls as ladders
  mitmsrp demo --write demo.pcapng && mitmsrp analyze --divergences demo.pcapng
  mitmsrp demo --json | jq 'select(."im.divergence")'
  mitmsrp demo --focus-only --listen tcp://127.0.0.1:5060 --listen ws://127.0.0.1:8080

Everything is on loopback, on free ports, and over in a few seconds.
Exit codes: 0 played, 1 it came to a halt, 2 wrong usage, 130 interrupted.`;

export function addDemoCommand(program: Command, action: (options: DemoFlags) => Promise<void>): void {
	program
		.command("demo")
		.description("play a group chat through the proxy: a conference focus and three clients on real sockets, without and with an ALG")
		.option(
			"--alg <name>",
			"ALG profile on Bob's leg in the second run, with options as NAME:OPTION=VALUE; repeatable (default: A2)",
			collect,
		)
		.option("--no-alg", "only the run without an ALG")
		.addOption(new Option("--transport <name>", "what carries SIP, and MSRP where it can").choices([...SCENE_TRANSPORTS]).default("tcp"))
		.option("--pace <milliseconds>", "rest before each act", parseCount, 0)
		.addOption(new Option("--json", "every message of both legs as one JSON object a line").conflicts("ladder"))
		.option("--ladder", "a ladder for each session instead of the conversation")
		.option("--write <file>", "record both runs, both legs: pcapng, decrypted, with class and findings as comments")
		.option("--focus-only", "only the conference focus, until interrupted: a peer for clients of your own")
		.option(
			"--listen <place>",
			"with --focus-only: where SIP is listened for, tcp://127.0.0.1:5060, also udp, ws, tls, wss; repeatable",
			collect,
		)
		.option("--msrp <place>", "with --focus-only: where MSRP is listened for (default: tcp://127.0.0.1:0)")
		.option("--cert <file>", "with --focus-only: certificate for tls and wss, PEM (default: one of the local authority)")
		.option("--key <file>", "with --focus-only: its key, PEM")
		.option("--ca-dir <folder>", "with --focus-only: folder of the local certificate authority (default: in the configuration folder)")
		.option("--width <columns>", "cut lines here (default: the terminal's width, 100 at most; 80 when piped)", parseCount)
		.addOption(new Option("--color <when>", "colour").choices(["auto", "always", "never"]).default("auto"))
		.addHelpText("after", DEMO_HELP)
		.action((options) => action(options));
}
