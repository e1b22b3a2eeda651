import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

/** A page that is open, with everything the browser had to say about it. */
export interface Opened {
	page: Page;
	/** what the console said: refusals of the policy are there too */
	said: string[];
	/** addresses that were asked for, beside the page */
	asked: string[];
	/** milliseconds until the page was ready */
	took: number;
}

/** Chromium without a window, and pages out of a folder of its own. */
export class HeadlessBrowser {
	readonly #browser: Browser;
	readonly #folder = mkdtempSync(join(tmpdir(), "mitmsrp-report-"));
	#pages = 0;

	static async launch(): Promise<HeadlessBrowser> {
		const executablePath = spawnSync("sh", ["-c", "command -v chromium"], { encoding: "utf8" }).stdout.trim();
		return new HeadlessBrowser(await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] }));
	}

	private constructor(browser: Browser) {
		this.#browser = browser;
	}

	/** Opens a page from a file, with the network switched off. */
	async open(html: string, options: BrowserContextOptions = {}, hash = ""): Promise<Opened> {
		const file = join(this.#folder, `${++this.#pages}.html`);
		writeFileSync(file, html);
		const context = await this.#browser.newContext({ viewport: { width: 1280, height: 900 }, offline: true, ...options });
		const page = await context.newPage();
		page.setDefaultTimeout(15_000);
		const said: string[] = [];
		const asked: string[] = [];
		page.on("console", (message) => said.push(message.text()));
		page.on("pageerror", (error) => said.push(error.message));
		page.on("dialog", (dialog) => said.push(`dialog: ${dialog.message()}`));
		const own = pathToFileURL(file).href;
		page.on("request", (request) => {
			if (request.url().split("#")[0] !== own) asked.push(request.url());
		});
		const began = performance.now();
		await page.goto(own + hash);
		return { page, said, asked, took: performance.now() - began };
	}

	async close(): Promise<void> {
		await this.#browser.close();
		rmSync(this.#folder, { recursive: true });
	}
}
