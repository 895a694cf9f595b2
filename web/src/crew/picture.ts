/** A photo made small enough for a bad line: at most 1600 pixels, JPEG. */
const LONGEST = 1600;

export async function shrink(file: File): Promise<Blob> {
  try {
    const image = await createImageBitmap(file);
    const share = Math.min(1, LONGEST / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * share);
    canvas.height = Math.round(image.height * share);
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const small = await new Promise<Blob | null>((resolve) =>
      canvas.toBlob(resolve, "image/jpeg", 0.8),
    );
    return small ?? file;
  } catch {
    return file; /* the server says what it thinks of it */
  }
}
