/** The steps, drawn; from who enters down to the end. */
import { Flag, Zap } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { useWords } from "../../../lib/language.ts";
import type { Json, SequenceDocument } from "../../../lib/sequence/document.ts";
import { entryWords } from "./ChangeList.tsx";
import "./flow.css";
import { FlowList } from "./FlowList.tsx";
import type { View } from "./types.ts";

export function Canvas({
  document,
  view,
  before,
  zoom,
  onHead,
  onKeyDown,
}: {
  document: SequenceDocument;
  view: View;
  before: number;
  zoom: number;
  onHead: () => void;
  onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}) {
  const t = useWords();
  const scroller = useRef<HTMLElement>(null);
  useEffect(() => {
    const { current } = scroller; // a wide flow begins with its first card in the middle
    if (current) current.scrollLeft = (current.scrollWidth - current.clientWidth) / 2;
  }, []);
  return (
    <section
      ref={scroller}
      aria-label={t("seq.steps")}
      onKeyDown={onKeyDown}
      tabIndex={-1}
      className="min-w-0 flex-1 overflow-x-auto"
    >
      <div className="flow" style={{ zoom }}>
        <div className="flex flex-col items-center">
          <button
            type="button"
            onClick={onHead}
            className="flex min-h-[72px] w-[250px] flex-col justify-center gap-1 rounded-lg border-2 border-dashed border-edge bg-card p-3 text-left hover:border-brand"
          >
            <span className="flex items-center gap-2 text-xs text-mute">
              <Zap size={14} aria-hidden />
              {t("seq.starts")}
            </span>
            <span className="line-clamp-2 font-medium">{entryWords(document.enter as Json | undefined, t)}</span>
            {before > 0 && <span className="text-xs text-mute">{t("seq.count.before", { n: before })}</span>}
          </button>
          <FlowList steps={document.steps} view={view} />
          <p className="flex items-center gap-2 rounded-full bg-raised px-4 py-1.5 text-xs text-mute">
            <Flag size={14} aria-hidden />
            {t("seq.ends")}
          </p>
        </div>
      </div>
    </section>
  );
}

export const ZOOMS = [0.5, 0.75, 1] as const;

export function Zoom({ zoom, onZoom }: { zoom: number; onZoom: (zoom: number) => void }) {
  const t = useWords();
  return (
    <div
      role="group"
      aria-label={t("seq.zoom")}
      className="sticky bottom-4 left-4 z-10 ml-4 flex w-max overflow-hidden rounded-md border border-edge bg-card shadow-sm"
    >
      {ZOOMS.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={zoom === one}
          onClick={() => onZoom(one)}
          className="min-h-8 px-2.5 text-xs hover:bg-raised aria-pressed:bg-brand-tint aria-pressed:font-semibold aria-pressed:text-brand"
        >
          {one * 100} %
        </button>
      ))}
    </div>
  );
}
