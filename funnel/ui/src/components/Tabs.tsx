/** Several views of one thing, one at a time. */
import type { ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";

export interface TabView {
  id: string;
  title: string;
  content: ReactNode;
}

export function Tabs({
  label,
  views,
  selected,
  onSelect,
}: {
  label: string;
  views: readonly TabView[];
  selected?: string;
  onSelect?: (id: string) => void;
}) {
  return (
    <AriaTabs selectedKey={selected} onSelectionChange={(key) => onSelect?.(String(key))}>
      <TabList aria-label={label} className="flex gap-1 overflow-x-auto border-b border-line">
        {views.map((view) => (
          <Tab
            key={view.id}
            id={view.id}
            className="cursor-pointer border-b-2 border-transparent px-3 py-2 text-sm font-medium whitespace-nowrap text-mute -outline-offset-2 data-[selected]:border-brand data-[selected]:text-ink"
          >
            {view.title}
          </Tab>
        ))}
      </TabList>
      {views.map((view) => (
        <TabPanel key={view.id} id={view.id} className="pt-4">
          {view.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
