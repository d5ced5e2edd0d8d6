// Runs in the page; what `layoutFaults` returns.
(() => {
	const width = document.documentElement.clientWidth;
	/** Within a box of a pixel that hides what does not fit. */
	const isForScreenReaders = (element) =>
		element !== null &&
		((isSmall(element.getBoundingClientRect()) && getComputedStyle(element).overflow === 'hidden') ||
			isForScreenReaders(element.parentElement));
	const isShown = (element) =>
		element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
		element.closest('[aria-hidden="true"], [inert]') === null &&
		!isForScreenReaders(element);
	const nameOf = (element) => {
		const text = (element.getAttribute('aria-label') ?? element.textContent ?? '').trim().replaceAll(/\s+/g, ' ');
		return `${element.tagName.toLowerCase()} “${text.slice(0, 40)}”`;
	};
	const holdsText = (element) =>
		[...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim() !== '');
	const isWide = ({ scrollWidth, clientWidth }) => scrollWidth > clientWidth + 1;
	const isSmall = ({ width, height }) => width <= 1 || height <= 1;
	const scrolls = (element, axis) =>
		element !== null && (/auto|scroll/.test(getComputedStyle(element)[axis]) || scrolls(element.parentElement, axis));

	const shown = [...document.body.querySelectorAll('*')].filter(isShown);
	const cut = shown.filter((element) => {
		const { overflowX, overflowY, textOverflow } = getComputedStyle(element);
		if (!holdsText(element) || isSmall(element.getBoundingClientRect())) return false;
		const isCutWide = isWide(element) && /hidden|clip/.test(overflowX);
		const isHigh = element.scrollHeight > element.clientHeight + 4 && /hidden|clip/.test(overflowY);
		return (isCutWide && textOverflow !== 'ellipsis') || isHigh;
	});
	const beyond = shown.filter((element) => {
		const { left, right } = element.getBoundingClientRect();
		return holdsText(element) && (left < -1 || right > width + 1) && !scrolls(element.parentElement, 'overflowX');
	});
	const covered = shown.filter((element) => {
		if (!element.matches('a[href], button, input, textarea, [role="tab"], [role="option"]')) return false;
		const box = element.getBoundingClientRect();
		const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
		if (isSmall(box) || x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return false;
		const top = document.elementFromPoint(x, y);
		if (top === null || element.contains(top) || top.closest('label')?.contains(element)) return false;
		// What has scrolled out of its panel is not covered, and what a dialog covers is meant to be.
		const panel = element.parentElement;
		return !scrolls(panel, 'overflowY') && document.querySelector('[role$="dialog"]')?.contains(element) !== false;
	});
	const panels = [...document.querySelectorAll('main, aside, [role$="dialog"], [role="tabpanel"]')].filter(isShown);
	const empty = panels.filter((panel) => panel.textContent.trim() === '' && !panel.querySelector('canvas, img'));
	return [
		...cut.map((element) => `cut off: ${nameOf(element)}`),
		...beyond.map((element) => `beyond the edge: ${nameOf(element)}`),
		...covered.map((element) => `covered: ${nameOf(element)}`),
		...empty.map((element) => `empty: ${nameOf(element)}`),
		...panels.filter(isWide).map((panel) => `scrolls sideways: ${nameOf(panel)}`),
		...(document.documentElement.scrollWidth > width ? ['the page scrolls sideways'] : []),
	];
})();
