import { type Command, InvalidArgumentError, Option } from "commander";
import type { Filter } from "../../core/rules/filter/index.js";
import { addReplayTransportOptions, type ReplayTransportFlags, TRANSPORT_EXAMPLES } from "./replay-transport-options.js";
import { profiles } from "./rewriting-options.js";
import { addSeedOption } from "./rules-options.js";
import { addHoldOptions, addTuiOptions, type HoldFlags, type TuiFlags } from "./tui-options.js";
import { collect, type NumberRange, parseCount, parseFilterOption, parseRanges } from "./values.js";
import { WRITE_FORMATS, type WriteFlags } from "./write-option.js";

/** Options of `replay` as commander hands them over. */
export interface ReplayFlags extends ReplayTransportFlags, WriteFlags, TuiFlags, HoldFlags {
	tui: boolean;
	rules?: string[];
	edit?: string[];
	expect?: string[];
	alg?: string[];
	seed?: number;
	as: "client" | "server" | "both";
	session?: string;
	entry?: NumberRange[];
	step?: true;
	filter?: Filter;
	raw?: true;
	user?: string;
	password?: string;
	map?: [string, string][];
	pace: "lock-step" | "original";
	/** of the capture's; undefined: as the pace says */
	speed?: number;
	timeout: number;
	loop: number;
	concurrency: number;
	junit?: string;
	keylog?: string[];
}

const REPLAY_HELP = `
Examples:
  mitmsrp replay chat.pcapng --to tcp://192.0.2.1:5060              what the client sent, again, to a live server
  mitmsrp replay chat.pcapng --as server --listen udp://127.0.0.1:5060
  mitmsrp replay chat.pcapng --as both --to tcp://127.0.0.1:5060 --listen tcp://127.0.0.1:5070   through a proxy under test
  mitmsrp replay chat.pcapng --session c2 --to tcp://127.0.0.1:5060 --map example.com=example.org
  mitmsrp replay chat.pcapng --to tcp://127.0.0.1:5060 --entry 1-20 --step   message by message, each looked at before it goes out
  mitmsrp replay chat.pcapng --to tcp://127.0.0.1:5060 --concurrency 100 --loop 10
${TRANSPORT_EXAMPLES}

Call-IDs, tags, branches, addresses, MSRP paths and the like are made anew or taken from what the peer says; the next message goes out
when the peer has sent what it sent in the capture. Then its messages are compared with the capture.
Exit codes: 0 the peer did what the capture shows, 1 something that matters differs or did not come, 2 wrong usage, 130 interrupted.`;

export function addReplayCommand(program: Command, action: (file: string, options: ReplayFlags) => Promise<void>): void {
	const command = program
		.command("replay")
		.description("play one side of a capture to a live peer, with identifiers of its own, and compare what the peer does with the capture")
		.argument("<file>", "pcap or pcapng file, also gzip-compressed; - for standard input")
		.addOption(new Option("--as <side>", "which side to play").choices(["client", "server", "both"]).default("client"));
	addSeedOption(command);
	addHoldOptions(addTuiOptions(command.option("--no-tui", "the comparison alone, also on a terminal; without it the run is shown there")));
	addReplayTransportOptions(command)
		.option("--session <id>", "only this session, c1 for example")
		.option("--filter <expression>", "only messages that match, in Wireshark's language (docs/reference/filter.md)", parseFilterOption)
		.option("--entry <numbers>", "only these messages, by the numbers that analyze gives them: 5,9,20-40", parseRanges)
		.option("--step", "ask before each message that is sent: send, skip, edit, go on, stop; answers are lines of standard input")
		.option("--raw", "send the octets as they are in the capture")
		.option("--user <name>", "answer digest challenges as this user (default: the recorded one, else the user of From)")
		.addOption(new Option("--password <password>", "answer digest challenges with it").env("MITMSRP_PASSWORD"))
		.option("--map <old=new>", "put other text for a host, user or domain in everything that is sent; repeatable", mapping)
		.addOption(
			new Option(
				"--pace <pace>",
				"when messages go out: as soon as what the capture has before them has come, or after the capture's pauses too",
			)
				.choices(["lock-step", "original"])
				.default("lock-step"),
		)
		.option("--speed <factor>", "the capture's pauses so many times shorter: 10x, 0.5x, or max for none", speed)
		.option("--rules <file>", "rule file applied to what is sent and received, as a proxy would; repeatable", collect)
		.option("--edit <file>", "the same as --rules", collect)
		.option("--alg <profile>", "behave like this ALG between the played side and the peer, NAME[:OPTION=VALUE]; repeatable", profiles)
		.option("--expect <file>", "rule file whose expect: is checked against the new run; repeatable", collect)
		.option("--write <file>", "record the new run to a new capture")
		.addOption(new Option("--write-format <format>", "how").choices(WRITE_FORMATS).default("pcapng"))
		.option("--timeout <seconds>", "give up when the peer's next message does not come for so long", parseCount, 10)
		.option("--loop <n>", "play it so many times, one after the other", parseCount, 1)
		.option("--concurrency <n>", "play it so many times at once, as client", parseCount, 1)
		.option("--junit <file>", "write the comparison as JUnit XML, a test case a message")
		.option("--keylog <file>", "TLS secrets of the capture, NSS key log (SSLKEYLOGFILE); repeatable", collect)
		.addHelpText("after", REPLAY_HELP)
		.action((file, options) => action(file, options));
}

function speed(text: string): number {
	if (text === "max") return Number.POSITIVE_INFINITY;
	const factor = /^(\d+(?:\.\d+)?)x?$/.exec(text)?.[1];
	if (factor === undefined || Number(factor) === 0)
		throw new InvalidArgumentError("Write a factor above 0, for example 10x or 0.5x, or max.");
	return Number(factor);
}

function mapping(text: string, before: [string, string][] = []): [string, string][] {
	const at = text.indexOf("=");
	if (at < 1) throw new InvalidArgumentError("Write OLD=NEW, for example example.com=example.org.");
	const pair: [string, string] = [text.slice(0, at), text.slice(at + 1)];
	return [...before, pair].sort(([one], [other]) => other.length - one.length);
}
