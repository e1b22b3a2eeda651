const THEMES = ["system", "light", "dark"] as const;

/** The button that goes from the system's colours to light to dark. Nothing is stored. */
export function addTheme(button: HTMLElement): void {
	let at = 0;
	button.hidden = false;
	button.addEventListener("click", () => {
		at = (at + 1) % THEMES.length;
		const theme = THEMES[at]!;
		if (theme === "system") delete document.documentElement.dataset.theme;
		else document.documentElement.dataset.theme = theme;
		button.textContent = `Theme: ${theme}`;
	});
}
