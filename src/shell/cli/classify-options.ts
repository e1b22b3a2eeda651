import { type Command, InvalidArgumentError, Option } from "commander";
import type { GivenFacts } from "../../core/classify/knowledge/call.js";
import type { PipelineOptions } from "../../core/pipeline/pipeline.js";
import { parseUri } from "../../core/protocols/uri/index.js";
import { CHOICES, type KnowledgeFile, parseKnowledge } from "./knowledge-file.js";

/** The options that say how to classify, and with which facts. */
export interface ClassifyFlags {
	sessionIdentity?: string[];
	groupIdentity?: string[];
	factory?: string[];
	own?: string[];
	roster?: string[];
	knowledge?: string;
	identityMatch?: string;
	ruleSet?: string;
	profile?: string;
}

export type ClassifyRequest = NonNullable<PipelineOptions["classify"]>;

const SCHEMES = new Set(["sip", "sips", "tel", "im", "pres"]);
/** Other faults may be just what the traffic has: they are for comparing. */
const UNUSABLE = new Set(["whitespace", "control", "empty-host", "bad-host", "bad-port", "empty-number"]);

export function addClassifyOptions(command: Command): Command {
	return command
		.option("--session-identity <uri>", "URI of the session that its focus hosts, for captures without SIP; repeatable", uris)
		.option("--group-identity <uri>", "URI of the pre-defined group; repeatable", uris)
		.option("--factory <uri>", "URI that makes ad-hoc sessions; repeatable", uris)
		.option("--own <uri>", "identity of the user whose client is looked at; repeatable", uris)
		.option("--roster <uris>", "participants, separated by commas; repeatable", rosterUris)
		.option("--knowledge <file>", "the same facts in YAML: session-identity, group-identity, factory, own, roster, kind, profile …")
		.addOption(new Option("--identity-match <level>", "when two URIs are the same (default: uri)").choices([...CHOICES["identity-match"]]))
		.addOption(
			new Option("--rule-set <rules>", "isfocus in CPIM as the OMA change request has it, as before it, or both (default: both)").choices([
				...CHOICES["rule-set"],
			]),
		)
		.addOption(
			new Option("--profile <profile>", "how to read what the standards leave open (default: auto)").choices([...CHOICES.profile]),
		);
}

/**
 * What the pipeline is to be asked for. The command line wins over the file where only one value can be; lists add up.
 *
 * @param read reads the file of `--knowledge`
 * @throws KnowledgeError when that file is wrong, and what `read` throws
 */
export async function classifyRequest(flags: ClassifyFlags, read: (path: string) => Promise<string>): Promise<ClassifyRequest> {
	const file: KnowledgeFile = flags.knowledge === undefined ? {} : parseKnowledge(await read(flags.knowledge), flags.knowledge, wrongUri);
	const given: GivenFacts = {};
	const list = (key: "sessionIdentity" | "groupIdentity" | "factory" | "own" | "roster", more: readonly string[] | undefined): void => {
		const all = [...(flags[key] ?? []), ...(more ?? []).map(bare)];
		if (all.length > 0) given[key] = all;
	};
	list("sessionIdentity", file["session-identity"]);
	list("groupIdentity", file["group-identity"]);
	list("factory", file.factory);
	list("own", file.own);
	list("roster", file.roster);
	const profile = flags.profile ?? file.profile;
	if (profile !== undefined) given.profile = profile as NonNullable<GivenFacts["profile"]>;
	if (file.kind !== undefined) given.kind = file.kind as NonNullable<GivenFacts["kind"]>;
	const request: ClassifyRequest = { given };
	const level = flags.identityMatch ?? file["identity-match"];
	if (level !== undefined) request.level = level as NonNullable<ClassifyRequest["level"]>;
	const rules = flags.ruleSet ?? file["rule-set"];
	if (rules !== undefined) request.rules = rules as NonNullable<ClassifyRequest["rules"]>;
	return request;
}

function uris(text: string, before: readonly string[] = []): string[] {
	const wrong = wrongUri(text);
	if (wrong !== undefined) throw new InvalidArgumentError(`${wrong}.`);
	return [...before, bare(text)];
}

/** A comma may stand inside a SIP user part: it separates only where a scheme follows. */
function rosterUris(text: string, before: readonly string[] = []): string[] {
	return text.split(/,\s*(?=<?[a-z][a-z0-9+.-]*:)/i).reduce<string[]>((all, uri) => uris(uri, all), [...before]);
}

/** What is wrong with a URI given by hand; undefined when it is fine. */
function wrongUri(text: string): string | undefined {
	const uri = parseUri(bare(text));
	if (!SCHEMES.has(uri.scheme)) return "a URI with its scheme is needed: sip:alice@example.com, not alice@example.com";
	const fault = uri.faults.find((one) => UNUSABLE.has(one));
	return fault === undefined ? undefined : `this URI is not right: ${fault}`;
}

/** Brackets are not part of a URI, but they come along when one is copied. */
function bare(text: string): string {
	const trimmed = text.trim();
	return trimmed.startsWith("<") && trimmed.endsWith(">") ? trimmed.slice(1, -1) : trimmed;
}
