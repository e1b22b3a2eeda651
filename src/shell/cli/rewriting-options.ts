import { type Command, InvalidArgumentError, Option } from "commander";
import { AlgNameError, PROFILES } from "../../core/alg/index.js";
import type { AnchorMode } from "../../core/anchor/types.js";
import type { Endpoint } from "../../core/model/flow.js";
import { AlgStage, type AlgStageOptions } from "../../core/relay/alg-stage.js";
import type { RelayStage } from "../../core/relay/stage.js";

/** Options of `proxy` about what it changes. */
export interface RewritingFlags {
	alg?: string[];
	algHides?: "clients" | "servers";
	algOutside?: Endpoint;
	anchor: AnchorMode | "none";
}

export function addRewritingOptions(command: Command): Command {
	const names = PROFILES.map(({ name }) => name).join(", ");
	return command
		.option("--alg <profile>", `behave like this ALG, NAME[:OPTION=VALUE]; repeatable, from the inside out: ${names}`, profiles)
		.addOption(new Option("--alg-hides <end>", "which end the ALG hides (default: clients)").choices(["clients", "servers"]))
		.option("--alg-outside <host:port>", "address that the ALG shows outside (default: the proxy's own on that leg)", endpoint)
		.addOption(
			new Option("--anchor <mode>", "lead MSRP sessions through here: path rewrites paths, cema c= and m= (RFC 6714), relay is RFC 4976")
				.choices(["none", "path", "cema", "relay"])
				.default("none"),
		);
}

/** What the options ask for, from the client to the server. */
export function rewritingStages(flags: RewritingFlags): RelayStage[] {
	return flags.alg === undefined ? [] : [new AlgStage(flags.alg, algOptions(flags))];
}

export function algOptions({ algHides, algOutside }: RewritingFlags): AlgStageOptions {
	return { ...(algHides === undefined ? {} : { hides: algHides }), ...(algOutside === undefined ? {} : { outside: algOutside }) };
}

export function profiles(text: string, before: readonly string[] = []): string[] {
	try {
		// Made to be checked: the command line says what is wrong with a name or an option.
		new AlgStage([text]);
	} catch (error) {
		if (error instanceof AlgNameError) throw new InvalidArgumentError(`${error.message}.`);
		throw error;
	}
	return [...before, text];
}

function endpoint(text: string): Endpoint {
	const parts = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
	const port = Number(parts?.[3]);
	if (parts === null || port < 1 || port > 65535) throw new InvalidArgumentError("write HOST:PORT, IPv6 in brackets: 203.0.113.9:5060.");
	return { address: parts[1] ?? parts[2]!, port };
}
