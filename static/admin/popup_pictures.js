// Pages in frames, drawn at the width of a screen and made as small as their place.
const WIDE = 680;

/* Fits the frame in `place` to its width; `wide`: of the screen that it stands for. Gives how to end it. */
export const fit = (place, wide = WIDE) => {
  const frame = place.querySelector("iframe");
  const size = () => {
    const by = Math.min(1, place.clientWidth / wide);
    frame.style.width = `${wide}px`;
    frame.style.height = `${place.clientHeight / by}px`;
    frame.style.transform = `scale(${by})`;
  };
  const watch = new ResizeObserver(size);
  watch.observe(place);
  size();
  return () => watch.disconnect();
};

for (const place of document.querySelectorAll("[data-picture]")) fit(place);
