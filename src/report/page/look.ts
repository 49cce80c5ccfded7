/** Colours and fonts of what is painted: those of the style, as they hold now. */
import { PHASES, type Phase } from "./phases.ts";

/** Colours, as CSS says them. */
export interface Look {
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly page: string;
  readonly hover: string;
  readonly chosen: string;
  readonly accent: string;
  readonly danger: string;
  readonly success: string;
  readonly unknown: string;
  readonly font: string;
  readonly phases: Readonly<Record<Phase, string>>;
}

/** Reads them: they change with light and dark. */
export function readLook(root: HTMLElement): Look {
  // Only where a colour is used it is worked out: a custom property is text.
  const probe = document.createElement("i");
  probe.hidden = true;
  // Where a person's own colours are forced upon the page they are so by name, in the style; else all of them would be that of text.
  probe.style.setProperty("forced-color-adjust", "none");
  root.append(probe);
  const style = getComputedStyle(probe);
  const color = (name: string): string => {
    probe.style.color = `var(--${name})`;
    return style.color;
  };
  const phases = Object.fromEntries(PHASES.map(({ name }) => [name, color(`phase-${name}`)]));
  const look: Look = {
    text: color("text"),
    muted: color("muted"),
    line: color("line"),
    page: color("page"),
    hover: color("hover"),
    chosen: color("chosen"),
    accent: color("accent"),
    danger: color("danger"),
    success: color("success"),
    unknown: color("phase-unknown"),
    font: style.fontFamily,
    phases: phases as Record<Phase, string>, // one for each of them
  };
  probe.remove();
  return look;
}
