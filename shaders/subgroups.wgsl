// Turns subgroups on, for shaders that hand numbers from lane to lane; it has to be the first of a shader's files.
enable subgroups;
override SG: u32 = 8u;  // lanes of a subgroup, which the adapter must promise; a workgroup is one subgroup
