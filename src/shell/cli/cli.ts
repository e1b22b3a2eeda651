import { createRequire } from "node:module";
import { type Command, CommanderError } from "commander";
import { analyzeCommand } from "./analyze-command.js";
import type { Io } from "./io.js";
import { createProgram } from "./program.js";

const WRONG_USAGE = 2;

/** The version in package.json. */
export function version(): string {
	const manifest = createRequire(import.meta.url)("../../../package.json") as { version: string };
	return manifest.version;
}

/**
 * Runs a command line (`argv` without node and script) and gives its exit code:
 * 0 clean, 1 damaged input or a hit of --fail-on, 2 wrong usage, 130 interrupted.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
	let code = 0;
	// Only what a command needs is loaded: it is most of the time that a small capture takes.
	const program = createProgram(version(), {
		analyze: async (file, options) => {
			code = await analyzeCommand(file, options, io);
		},
		explain: async (file, options) => {
			const { explainCommand } = await import("./explain-command.js");
			code = await explainCommand(file, options, io);
		},
		proxy: async (options) => {
			const { proxyCommand } = await import("./proxy-command.js");
			code = await proxyCommand(options, io);
		},
		demo: async (options) => {
			const { demoCommand } = await import("./demo-command.js");
			code = await demoCommand(options, io);
		},
		replay: async (file, options) => {
			const { replayCommand } = await import("./replay-command.js");
			code = await replayCommand(file, options, io);
		},
		rules: {
			check: async (files) => {
				code = await (await import("./rules-command.js")).checkCommand(files, io);
			},
			explain: async (files) => {
				code = await (await import("./rules-command.js")).explainRulesCommand(files, io);
			},
			list: async (files, options) => {
				code = await (await import("./rules-command.js")).listCommand(files, options, io);
			},
			schema: async () => {
				code = await (await import("./rules-command.js")).schemaCommand(io);
			},
			test: async (file, capture, options) => {
				code = await (await import("./rules-test-command.js")).testCommand(file, capture, options, io);
			},
		},
		open: async (file, options) => {
			const { openCommand } = await import("./open-command.js");
			code = await openCommand(file, options, io);
		},
		report: async (file, options) => {
			const { reportCommand } = await import("./report-command.js");
			code = await reportCommand(file, options, io);
		},
	});
	for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) redirect(command, io);
	try {
		await program.parseAsync(separateLadder(argv), { from: "user" });
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		return error.exitCode === 0 ? 0 : WRONG_USAGE;
	}
	return code;
}

/** `--ladder FILE` means a text ladder of FILE: commander would take the file's name for the form. */
function separateLadder(argv: readonly string[]): string[] {
	return argv.map((word, index) => {
		const next = argv[index + 1];
		return word === "--ladder" && argv[0] !== "demo" && next !== "text" && next !== "mermaid" ? "--ladder=text" : word;
	});
}

function redirect(command: Command, io: Io): void {
	command.exitOverride().configureOutput({
		writeOut: (text) => io.stdout.write(text),
		writeErr: (text) => io.stderr.write(text),
		getOutHelpWidth: () => io.stdout.columns ?? 100,
		getErrHelpWidth: () => io.stderr.columns ?? 100,
	});
}
