#ifndef CID_BUILD_IMAGE_H
#define CID_BUILD_IMAGE_H

struct build;

void build_image(struct build *);
void build_image_network(struct build *);
void build_image_cancel(struct build *);
void build_image_cancel_network(struct build *);

#endif /* CID_BUILD_IMAGE_H */
